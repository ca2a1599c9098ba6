using Inference.Cli.Options;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Guard;
using Inference.Models.Prompts;
using Inference.Models.Regions;

namespace Inference.Cli.Assistants;

/// <summary>Describes regions by the best of several candidates in this process.</summary>
internal sealed class LocalCandidates : IDisposable
{
    private readonly ModelHost _host;
    private readonly ServedModel _model;
    private readonly PreparedImage _image;
    private readonly RegionQuestion _question;
    private readonly PruningPlan? _pruning;
    private readonly GuardOptions? _guard;
    private readonly Answerer _answerer;
    private readonly SamplingParameters _parameters;
    private readonly SamplingParameters[] _candidates;
    private readonly CandidateRanking _ranking;
    private readonly PreparedImage? _heard;
    private readonly CycleListener _listener;

    /// <exception cref="Decoding.Layers.StrategyException">A candidate's strategy cannot be used as it was asked for.</exception>
    public LocalCandidates(
        ModelHost host, ServedModel model, PreparedImage image, RegionQuestion question, AnswerOptions options, CandidateQuestion wanted)
    {
        var parameters = options.Sampling;
        (_pruning, _guard, _answerer) = (options.Pruning, options.Guard, new Answerer(host));
        (_host, _model, _image, _question, _parameters, _ranking) = (host, model, image, question, parameters, wanted.Ranking);
        _candidates =
        [
            .. wanted.Sources
                .Concat(CandidateSource.Samples(wanted.Samples, parameters))
                .Concat(wanted.Layers.Select(CandidateSource.OfLayer))
                .Select(source => source with { Strategy = PriorFiles.Expand(source.Strategy, model.Model.Fingerprint) })
                .Select(source => source.Apply(model, parameters)),
        ];
        var listener = wanted.Listener.Length == 0 ? model : host.Find(wanted.Listener)!;
        _heard = listener == model ? null : host.Prepare(listener, question.Image);
        _listener = new CycleListener(listener, _heard ?? image, listener.Resolve(null, parameters.Seed));
    }

    /// <summary>All regions at the same time.</summary>
    public async Task<Answer[]> DescribeAsync(
        (Box Box, EncodedPrompt Prompt)[] regions, IRegionObserver? observer, CancellationToken cancellationToken) =>
        await Task.WhenAll(regions.Select(async (region, i) =>
        {
            var sampling = _candidates.Select(candidate => LocalAnswers.Fit(candidate, region.Prompt, _host, _model)).ToArray();
            var result = await CycleRun.Start(_answerer, new CycleRequest
            {
                Model = _model,
                Image = _image,
                Prompt = region.Prompt,
                Region = region.Box,
                Candidates = sampling,
                Pruning = _pruning,
                Guard = _guard,
                Listener = _listener,
                Ranking = _ranking,
            }, cancellationToken).Completion;
            var answer = Choose(result, sampling);
            observer?.Append(i, answer.Text);
            observer?.End(i);
            return answer;
        }));

    private Answer Choose(CycleResult result, SamplingParameters[] sampling)
    {
        // One that failed fails the command, as without candidates.
        Answer[] answers =
        [
            .. result.Candidates.Select((candidate, i) =>
                LocalAnswers.Of(_model, candidate.Description, _candidates[i], sampling[i].MaxTokens)),
        ];
        return answers[result.Winner] with
        {
            Usage = LocalAnswers.Usage(result.Usage),
            Timings = LocalAnswers.Timings(result.Timings),
            Seed = _parameters.Seed,
            Guard = result.Candidates[result.Winner].Guard,
            Candidates = new AnswerCandidates(
                [.. result.Candidates.Select((candidate, i) => CandidateOf(candidate, sampling[i]))], result.Winner),
        };
    }

    private AnswerCandidate CandidateOf(RankedCandidate candidate, SamplingParameters sampling) => new()
    {
        Text = candidate.Description.Text,
        CompletionTokens = candidate.Description.Tokens.Count,
        Located = candidate.Located is { } found ? LocalAnswers.ToSpace(found, _question.Space, _image) : null,
        Iou = candidate.Evidence.Iou,
        Score = candidate.Score,
        Strategy = sampling.Strategy?.Name,
        Settings = sampling.Strategy?.Settings,
        Temperature = sampling.IsGreedy ? 0 : sampling.Temperature,
        Seed = sampling.Seed,
    };

    /// <inheritdoc/>
    public void Dispose() => _heard?.Dispose();
}
