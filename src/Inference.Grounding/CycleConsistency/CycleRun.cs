using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;

namespace Inference.Grounding.CycleConsistency;

/// <summary>
/// Cycle consistency (Unleash-then-Eliminate, NeurIPS 2024): several candidates describe a region, a listener locates each text again,
/// and the one that leads back to the region best is its description. All candidates go to the engine at once and the listener is asked
/// as soon as a candidate is there, so that continuous batching runs them together; their prompts begin with the image.
/// </summary>
public sealed class CycleRun
{
    private readonly ModelHost _host;
    private readonly CycleRequest _request;
    private readonly CancellationToken _cancellation;

    private CycleRun(Answerer answerer, CycleRequest request, CancellationToken cancellation)
    {
        (_host, _request, _cancellation) = (answerer.Host, request, cancellation);
        List<AnswerStream> candidates = [];
        try
        {
            foreach (var candidate in request.Candidates)
            {
                candidates.Add(answerer.Start(Question(candidate), cancellation));
            }
        }
        catch
        {
            candidates.ForEach(candidate => candidate.Dispose());
            throw;
        }

        Candidates = candidates;
        Completion = RunAsync();
    }

    /// <summary>The candidates in the engine. This run reads them, and ends them.</summary>
    public IReadOnlyList<AnswerStream> Candidates { get; }

    /// <summary>
    /// Ends when all candidates are located and ranked. Candidates that were cancelled or failed count as located nowhere; their
    /// results say what happened. Faults with <see cref="AdmissionException"/> where the engine does not take a question of the listener or
    /// of a guard, and with <see cref="AnswerFailedException"/> where it could not go on with one of a guard.
    /// </summary>
    public Task<CycleResult> Completion { get; }

    /// <summary>Queues the candidates of a region.</summary>
    /// <exception cref="AdmissionException">The engine does not take one; those it took are ended.</exception>
    public static CycleRun Start(Answerer answerer, CycleRequest request, CancellationToken cancellation) =>
        new(answerer, request, cancellation);

    private AnswerRequest Question(SamplingParameters candidate)
    {
        // Probabilities cost a pass over the vocabulary at every token.
        var wantsLogprobs = candidate.Logprobs || _request.Ranking == CandidateRanking.IouShareLikelihood;
        return new AnswerRequest(_request.Model, _request.Prompt, [_request.Image], new AnswerOptions
        {
            Sampling = candidate with { Logprobs = wantsLogprobs },
            Pruning = _request.Pruning,
            Guard = _request.Guard,
        });
    }

    // The listener may be asked when whoever started the run has given up and holds the images no more.
    private async Task<CycleResult> RunAsync()
    {
        PreparedImage[] images = [_request.Image.AddReference(), _request.Listener.Image.AddReference()];
        try
        {
            return await RankAsync().ConfigureAwait(false);
        }
        finally
        {
            foreach (var candidate in Candidates)
            {
                candidate.Dispose();
            }

            Array.ForEach(images, image => image.Dispose());
        }
    }

    private async Task<CycleResult> RankAsync()
    {
        var descriptions = Candidates.Select(candidate => candidate.CompleteAsync()).ToArray();
        var hearings = new Dictionary<string, Task<Hearing?>>(StringComparer.Ordinal);
        await foreach (var description in Task.WhenEach(descriptions).ConfigureAwait(false))
        {
            var phrase = Phrase(await description.ConfigureAwait(false));
            if (!hearings.ContainsKey(phrase))
            {
                hearings.Add(phrase, HearAsync(phrase));
            }
        }

        await Task.WhenAll(hearings.Values).ConfigureAwait(false);
        var located = descriptions.Select(description => hearings[Phrase(description.Result)].Result?.Box).ToArray();
        CandidateEvidence[] evidence = [.. descriptions.Select((description, i) => Weigh(description.Result, located[i]))];
        var scores = CandidateRanker.Score(_request.Ranking, evidence);
        return new CycleResult(
            [
                .. descriptions.Select((description, i) =>
                    new RankedCandidate(description.Result.Transcript, located[i], evidence[i], scores[i])
                    {
                        Guard = description.Result.Guard,
                    }),
            ],
            CandidateRanker.Best(scores),
            [.. hearings.Values.Select(hearing => hearing.Result?.Answer).OfType<Transcript>()]);
    }

    private CandidateEvidence Weigh(AnswerResult description, LocatedBox? located) => new(
        located is { } found ? Overlap.IntersectionOverUnion(_request.Region, found.Box) : 0,
        located?.Confidence ?? 0,
        _request.Ranking == CandidateRanking.IouShareLikelihood ? description.Transcript.Likelihood : null);

    // Null for what cannot be asked: no text, more of it than the listener's context holds, or nobody who waits for the answer.
    private async Task<Hearing?> HearAsync(string phrase)
    {
        if (phrase.Length == 0 || _cancellation.IsCancellationRequested)
        {
            return null;
        }

        var listener = _request.Listener;
        var prompt = listener.Model.EncodePhrase(phrase, listener.Image.Rows);
        var room = _host.Engine.ContextLength(listener.Model.Name) - prompt.InputIds.Length;
        if (room < 1)
        {
            return null;
        }

        var sampling = listener.Sampling with { MaxTokens = Math.Min(listener.Sampling.MaxTokens, room), Logprobs = true };
        var generation = _host.Submit(listener.Model, prompt, [listener.Image], sampling, _cancellation, listener.Pruning);
        var answer = await Transcript.ReadAsync(generation).ConfigureAwait(false);
        var boxes = BoxReader.Read(listener.Model, listener.Image, answer.Tokens);
        return new Hearing(answer, boxes.Count > 0 ? boxes[0] : null);
    }

    // One line without a full stop: profiles put one behind the phrase.
    private static string Phrase(AnswerResult description) =>
        string.Join(' ', description.Text.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.', ' ');

    private sealed record Hearing(Transcript Answer, LocatedBox? Box);
}
