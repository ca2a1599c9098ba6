using System.Text;
using Glassbox.V1;
using Inference.Grounding.Verification;

namespace Inference.Server.Responses;

/// <summary>Verdicts on claims as clients see them.</summary>
internal static class ClaimMessages
{
    /// <param name="verdict">What became of the claim.</param>
    /// <param name="text">The text in which it was found.</param>
    public static VerifiedClaim Of(ClaimVerdict verdict, string text)
    {
        var message = new VerifiedClaim
        {
            Text = verdict.Claim.Text,
            Question = verdict.Claim.Question,
            YesProbability = verdict.Yes,
            YesNoMass = verdict.Mass,
            Rejected = verdict.IsRejected,
        };
        if (verdict.Claim.Start is { } start)
        {
            message.Offset = (uint)Encoding.UTF8.GetByteCount(text.AsSpan(0, start));
        }

        return message;
    }
}
