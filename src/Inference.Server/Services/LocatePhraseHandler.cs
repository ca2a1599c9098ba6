using System.Text;
using Glassbox.V1;
using Inference.Engine;
using Inference.Grounding;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;
using Inference.Server.Responses;

namespace Inference.Server.Services;

/// <summary>LocatePhrase: the boxes that the model writes for a phrase.</summary>
internal sealed class LocatePhraseHandler(ImageWork work)
{
    private const int MaxPhraseBytes = 2048;

    public async Task<LocatePhraseResponse> RunAsync(LocatePhraseRequest request, Call call)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var parameters = new ParametersReader(model, violations).Read(request.Parameters, output: null);
        SpeculationReader.Refuse(request.Parameters, "parameters", violations);
        inspector.Reduction = parameters.Reduction;
        var source = ModelAbility.TakesImages(model, violations) ? inspector.Inspect(request.Image, "image") : null;
        AnswerMethods.Refuse(parameters, "when a phrase is located", "parameters", violations);
        ProbesReader.Refuse(parameters.Probes, "when a phrase is located", "parameters.probes", violations);
        CheckPhrase(request.Phrase, violations);
        if (request.Space != CoordinateSpace.Unspecified && Spaces.Read(request.Space) is null)
        {
            violations.Add("space", Spaces.Name(request.Space), Spaces.Known);
        }

        inspector.ThrowIfRefused();
        var prompt = model.EncodePhrase(request.Phrase, source!.Rows);
        var contextLength = call.Models.Engine.ContextLength(model.Name);
        var sampling = ContextBudget.Fit(parameters.Sampling, prompt, contextLength, "phrase", violations) with { Logprobs = true };
        violations.ThrowIfAny();

        call.LimitTime(parameters.TimeLimit);
        using var images = await work.PrepareAsync(call, model, [source], sampling).ConfigureAwait(false);
        var generation = call.Models.Submit(model, prompt, images.Images, sampling, call.Work, parameters.Pruning);
        call.Follow(generation);
        await generation.Queued.WaitAsync(call.Ended).ConfigureAwait(false);
        images.KeepOnly(0);
        List<TokenEvent> tokens = [];
        await foreach (var token in generation.ReadAllAsync(call.Ended).ConfigureAwait(false))
        {
            tokens.Add(token);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        var image = images.Images[0];
        var response = new LocatePhraseResponse
        {
            Text = string.Concat(tokens.Select(token => token.Text)) + result.HeldText,
            FinishReason = Endings.Of(result, call, wasCut: sampling.MaxTokens < parameters.Sampling.MaxTokens),
            Usage = EventMessages.Usage(result.Usage),
            Timings = EventMessages.Timings(result.Timings).With(images),
            EffectiveParameters = EffectiveParameters.Of(parameters, sampling.MaxTokens),
        };
        response.Boxes.AddRange(BoxReader.Read(model, image, tokens).Select(found => new Glassbox.V1.LocatedBox
        {
            Box = Spaces.Write(found.Box, request.Space, image.Width, image.Height),
            Confidence = found.Confidence,
        }));
        return response;
    }

    private static void CheckPhrase(string phrase, Violations violations)
    {
        var bytes = Encoding.UTF8.GetByteCount(phrase);
        if (bytes is 0 or > MaxPhraseBytes)
        {
            violations.Add("phrase", $"{bytes} bytes", $"1 to {MaxPhraseBytes} bytes");
        }
    }
}
