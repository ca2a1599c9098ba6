using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Models.Prompts;

namespace Inference.Grounding.Verification;

/// <summary>What became of some claims, and what it took.</summary>
/// <param name="Verdicts">One a claim, in their order.</param>
/// <param name="Usage">Of all questions together.</param>
/// <param name="Timings">The longest of each stage: the questions run side by side.</param>
public sealed record ClaimVerdicts(IReadOnlyList<ClaimVerdict> Verdicts, GenerationUsage Usage, GenerationTimings Timings)
{
    /// <summary>Number of rejected claims: minus the score of an answer in RLAIF-V.</summary>
    public int Rejected => Verdicts.Count(verdict => verdict.IsRejected);
}

/// <summary>
/// Checks claims about images by asking the model itself: each becomes a yes/no question of its own, and P(yes) of the first token is read
/// (the "conquer" half of RLAIF-V's divide and conquer, arXiv 2405.17220). Questions are in the batch together and show the same images in
/// the same place, so they share what is cached of them.
/// </summary>
/// <param name="host">Where the model is.</param>
/// <param name="model">The model that is asked.</param>
/// <param name="options">How claims are checked.</param>
/// <param name="inFlight">Bounds the questions, together with whatever else keeps to it; null bounds those of this verifier.</param>
public sealed class ClaimVerifier(ModelHost host, ServedModel model, VerificationOptions options, InFlight? inFlight = null)
{
    private readonly InFlight _inFlight = inFlight ?? new InFlight(host);

    private readonly YesNoTokens _tokens = model.YesNo
        ?? throw new PromptException(
            PromptError.InvalidProfile, "model", $"'{model.Name}', whose vocabulary has no tokens for yes and no", "a model with them");

    /// <summary>Asks about every claim.</summary>
    /// <param name="images">The images that the claims are about.</param>
    /// <param name="claims">The claims. The same question is asked once.</param>
    /// <param name="cancellationToken">Ends the questions.</param>
    /// <exception cref="AdmissionException">The engine does not take a question.</exception>
    /// <exception cref="PromptException">A question does not fit the model's format.</exception>
    /// <exception cref="OperationCanceledException">They were ended.</exception>
    /// <exception cref="AnswerFailedException">The engine could not go on with a question.</exception>
    public async Task<ClaimVerdicts> VerifyAsync(
        IReadOnlyList<PreparedImage> images, IReadOnlyList<Claim> claims, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asked = new Dictionary<string, Task<(double Yes, double Mass, GenerationResult Result)>>(StringComparer.Ordinal);
        foreach (var claim in claims)
        {
            if (!asked.ContainsKey(claim.Question))
            {
                asked.Add(claim.Question, _inFlight.RunAsync(() => AskAsync(images, claim.Question, stop)));
            }
        }

        await Task.WhenAll(asked.Values).ConfigureAwait(false);
        GenerationResult[] results = [.. asked.Values.Select(answer => answer.Result.Result)];
        return new ClaimVerdicts(
            [.. claims.Select(claim => Judge(claim, asked[claim.Question].Result))],
            AnswerTotals.Usage(results), AnswerTotals.LongestTimings(results));
    }

    /// <summary>Whether the model's context holds the question of a claim.</summary>
    public bool Fits(IReadOnlyList<PreparedImage> images, Claim claim) =>
        Encode(model, [.. images.Select(image => image.Rows)], claim.Question).InputIds.Length < host.Engine.ContextLength(model.Name);

    /// <summary>The prompt of a question: all images, then its words.</summary>
    /// <exception cref="PromptException">It does not fit the model's format.</exception>
    public static EncodedPrompt Encode(ServedModel model, IReadOnlyList<int> imageRows, string question) =>
        model.Encode([new Message(ChatRole.User, [.. imageRows.Select(_ => new ImagePart()), new TextPart(question)])], imageRows);

    // The other questions end with the first that fails.
    private async Task<(double Yes, double Mass, GenerationResult Result)> AskAsync(
        IReadOnlyList<PreparedImage> images, string question, CancellationTokenSource stop)
    {
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            return await ReadAsync(Ask(images, question, stop.Token), stop.Token).ConfigureAwait(false);
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    private Generation Ask(IReadOnlyList<PreparedImage> images, string question, CancellationToken cancellationToken) =>
        host.Engine.Submit(model.Name, new GenerationRequest
        {
            Prompt = Encode(model, [.. images.Select(image => image.Rows)], question),
            Images = [.. images.Select(image => image.Image)],
            Sampling = new SamplingParameters { MaxTokens = 1 },
            WatchedTokens = _tokens.Ids,
            CancellationToken = cancellationToken,
        });

    private async Task<(double Yes, double Mass, GenerationResult Result)> ReadAsync(
        Generation generation, CancellationToken cancellationToken)
    {
        var (yes, mass) = (0.5, 0.0);
        await foreach (var token in generation.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            (yes, mass) = _tokens.Read(token.WatchedLogprobs);
        }

        var result = await generation.Completion.ConfigureAwait(false);
        if (result.Reason is FinishReason.MaxTokens)
        {
            return (yes, mass, result);
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw new AnswerFailedException(result);
    }

    private ClaimVerdict Judge(Claim claim, (double Yes, double Mass, GenerationResult Result) answer) =>
        new(claim, answer.Yes, answer.Mass, IsRejected: !(answer.Yes > options.Threshold));
}
