using Inference.Engine;
using Inference.Grounding.Guard;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>
/// The one way to an answer, for the server, the command line and evaluation alike: any combination of token-level settings and
/// whole-answer methods is an <see cref="AnswerOptions"/>. With none of the latter the answer is that of the engine, bit by bit. All that
/// one answerer starts keeps to one bound (<see cref="InFlight"/>): one a request.
/// </summary>
public sealed class Answerer(ModelHost host)
{
    private readonly InFlight _inFlight = new(host);

    internal ModelHost Host => host;

    /// <summary>Begins an answer; disposing it ends it.</summary>
    /// <param name="request">What is to be answered, and how.</param>
    /// <param name="cancellationToken">Ends the answer within one step; what there is by then counts.</param>
    /// <exception cref="AdmissionException">The engine does not take it.</exception>
    /// <exception cref="Decoding.Pruning.PruningException">The pruning plan names a block that the model does not have.</exception>
    public AnswerStream Start(AnswerRequest request, CancellationToken cancellationToken) =>
        AnswerStream.Start(host, _inFlight, request, Method(request.Options), cancellationToken);

    /// <summary>Answers.</summary>
    /// <inheritdoc cref="Start"/>
    public async Task<AnswerResult> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        using var answer = Start(request, cancellationToken);
        return await answer.CompleteAsync().ConfigureAwait(false);
    }

    private static IAnswerMethod Method(AnswerOptions options)
    {
        IAnswerMethod method = options switch
        {
            { BestOf: > 1 and var samples } => new BestOfSamples(samples, options.Verification ?? new VerificationOptions()),
            { Guard: { } guard } => new SentenceGuard(guard),
            _ => new OneGeneration(),
        };
        return options.Verification is { } verification ? new VerifiedAnswer(method, verification) : method;
    }
}
