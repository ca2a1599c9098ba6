using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Models.Prompts;
using Inference.Server.Calls;
using Inference.Server.Requests;

namespace Inference.Server.Services;

/// <summary>Brings the regions of a call into the engine.</summary>
/// <param name="call">The call.</param>
/// <param name="model">The model that describes.</param>
/// <param name="parameters">What the request came to.</param>
/// <param name="image">The image as that model sees it.</param>
/// <param name="candidates">What the request says of candidates, or null.</param>
/// <param name="heard">The image as the listener sees it.</param>
internal sealed class RegionSubmission(
    Call call, ServedModel model, RequestParameters parameters, PreparedImage image, RequestCandidates? candidates, PreparedImage heard)
{
    // One for the call, so that its regions keep to one bound.
    private readonly Answerer _answerer = new(call.Models);

    /// <param name="region">The region.</param>
    /// <param name="prompt">The question for its description.</param>
    /// <param name="sampling">The parameters with the number of tokens that the context holds.</param>
    /// <exception cref="AdmissionException">The engine does not take it.</exception>
    public RunningRegion Submit(RequestRegion region, EncodedPrompt prompt, SamplingParameters sampling)
    {
        var wasCut = sampling.MaxTokens < parameters.Sampling.MaxTokens;
        if (candidates is null)
        {
            var answer = _answerer.Start(new AnswerRequest(model, prompt, [image], parameters.Answer(sampling)), call.Work);
            return Follow(new RunningRegion(region.Source, answer, wasCut));
        }

        SamplingParameters[] each = [.. candidates.Candidates.Select(candidate => candidate with { MaxTokens = sampling.MaxTokens })];
        var run = CycleRun.Start(_answerer, new CycleRequest
        {
            Model = model,
            Image = image,
            Prompt = prompt,
            Region = region.Pixels,
            Candidates = each,
            Pruning = parameters.Pruning,
            Guard = parameters.Guard,
            Listener = new CycleListener(candidates.Listener, heard, candidates.Listening.Sampling, candidates.Listening.Pruning),
            Ranking = candidates.Ranking,
        }, call.Work);
        return Follow(new RunningRegion(region.Source, run.Candidates[0], wasCut)
        {
            Candidates = new RegionCandidates(run, each, image.Width, image.Height),
        });
    }

    private RunningRegion Follow(RunningRegion region)
    {
        call.Follow(region.Answer);
        return region;
    }
}
