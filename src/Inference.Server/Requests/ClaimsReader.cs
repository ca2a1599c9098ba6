using System.Text;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Grounding.Verification;
using Inference.Server.Errors;
using Claim = Inference.Grounding.Verification.Claim;

namespace Inference.Server.Requests;

/// <summary>Reads the claims of a VerifyClaims request; notes everything that is wrong with them.</summary>
internal sealed class ClaimsReader(ServedModel model, Violations violations)
{
    private const int MaxClaimBytes = 2048;
    private const int MaxTextBytes = 64 << 10;

    /// <summary>The claims of the request, then those of its text.</summary>
    public IReadOnlyList<Claim> Read(VerifyClaimsRequest request)
    {
        // Counted before any is looked at: rules of a model may find very many.
        if (request.Claims.Count > VerificationOptions.MostClaims)
        {
            violations.AddExceeded("claims", "claims", ErrorReasons.TooManyClaims, request.Claims.Count, VerificationOptions.MostClaims);
            return [];
        }

        List<Claim> claims = [];
        for (var i = 0; i < request.Claims.Count; i++)
        {
            if (Read(request.Claims[i], $"claims[{i}]") is { } claim)
            {
                claims.Add(claim);
            }
        }

        var bytes = Encoding.UTF8.GetByteCount(request.Text);
        if (bytes > MaxTextBytes)
        {
            violations.AddExceeded("text", "bytes", ErrorReasons.TextTooLong, bytes, MaxTextBytes);
            return claims;
        }

        var found = ClaimExtractor.Extract(model.Profile, request.Text);
        if (found.Count > VerificationOptions.MostClaims - request.Claims.Count)
        {
            violations.AddExceeded(
                "text", "claims", ErrorReasons.TooManyClaims, found.Count, VerificationOptions.MostClaims - request.Claims.Count);
        }
        else if (request.Claims.Count + found.Count == 0)
        {
            var given = bytes == 0 ? "none" : "a text that claims nothing by the rules of the model's profile";
            violations.Add("claims", given, "at least one claim, here or in text");
        }

        return [.. claims, .. found];
    }

    private Claim? Read(Glassbox.V1.Claim message, string field)
    {
        var (name, text) = message.ClaimCase switch
        {
            Glassbox.V1.Claim.ClaimOneofCase.Phrase => ("phrase", message.Phrase),
            Glassbox.V1.Claim.ClaimOneofCase.Statement => ("statement", message.Statement),
            Glassbox.V1.Claim.ClaimOneofCase.Question => ("question", message.Question),
            _ => ("", ""),
        };
        if (name.Length == 0)
        {
            violations.Add(field, "nothing", "phrase, statement or question");
            return null;
        }

        var bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes is 0 or > MaxClaimBytes)
        {
            violations.Add($"{field}.{name}", $"{bytes} bytes", $"1 to {MaxClaimBytes} bytes");
            return null;
        }

        return message.ClaimCase switch
        {
            Glassbox.V1.Claim.ClaimOneofCase.Phrase => Claim.Exists(model.Profile, text),
            Glassbox.V1.Claim.ClaimOneofCase.Statement => Claim.Statement(model.Profile, text),
            _ => Claim.Asked(text),
        };
    }
}
