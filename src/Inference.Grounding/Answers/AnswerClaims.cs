using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>Checks what a text of an answer claims.</summary>
internal static class AnswerClaims
{
    /// <summary>
    /// The verdicts on the first claims of a text that the context holds; null where the answer was ended before they were there.
    /// </summary>
    public static async Task<ClaimVerdicts?> CheckAsync(
        AnswerScope scope, string text, VerificationOptions options, CancellationToken cancellationToken = default)
    {
        var (model, images) = (scope.Request.Model, scope.Request.Images);
        var verifier = new ClaimVerifier(scope.Host, model, options, scope.InFlight);
        var claims = ClaimExtractor.Extract(model.Profile, text).Where(claim => verifier.Fits(images, claim)).Take(options.MaxClaims)
            .ToArray();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(scope.Cancellation, cancellationToken);
        try
        {
            return await verifier.VerifyAsync(images, claims, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
