using System.Text;
using Glassbox.V1;
using Inference.Grounding.Verification;
using Claim = Glassbox.V1.Claim;

namespace Inference.Cli.Assistants;

/// <summary>Claims to and from messages of glassbox.v1.</summary>
internal static class ClaimWire
{
    public static Glassbox.V1.Verification? Options(VerificationOptions? options) =>
        options is null ? null : new Glassbox.V1.Verification { Threshold = options.Threshold, MaxClaims = (uint)options.MaxClaims };

    public static VerifyClaimsRequest Request(ClaimsQuestion question)
    {
        var request = new VerifyClaimsRequest
        {
            Text = question.Text,
            Verification = new Glassbox.V1.Verification { Threshold = question.Threshold },
        };
        request.Claims.AddRange(question.Claims.Select(claim => claim.Form switch
        {
            ClaimForm.Phrase => new Claim { Phrase = claim.Text },
            ClaimForm.Statement => new Claim { Statement = claim.Text },
            _ => new Claim { Question = claim.Text },
        }));
        return request;
    }

    public static Verification Verification(VerifyClaimsResponse response, string text) =>
        new(Verdicts(response.Claims, text), Wire.Usage(response.Usage), Wire.Timings(response.Timings));

    /// <param name="claims">As the server sent them.</param>
    /// <param name="text">The text whose claims have offsets.</param>
    public static IReadOnlyList<ClaimVerdict> Verdicts(IEnumerable<VerifiedClaim> claims, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return
        [
            .. claims.Select(claim => new ClaimVerdict(
                new Inference.Grounding.Verification.Claim(claim.Text, claim.Question)
                {
                    Start = claim.HasOffset ? Encoding.UTF8.GetCharCount(utf8, 0, (int)Math.Min(claim.Offset, (uint)utf8.Length)) : null,
                },
                claim.YesProbability, claim.YesNoMass, claim.Rejected)),
        ];
    }
}
