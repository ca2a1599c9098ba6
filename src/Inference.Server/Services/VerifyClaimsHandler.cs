using System.Globalization;
using Glassbox.V1;
using Inference.Grounding;
using Inference.Grounding.Verification;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;
using Inference.Server.Responses;
using Claim = Inference.Grounding.Verification.Claim;

namespace Inference.Server.Services;

/// <summary>VerifyClaims: every claim a yes/no question to the model.</summary>
internal sealed class VerifyClaimsHandler(ImageWork work)
{
    public async Task<VerifyClaimsResponse> RunAsync(VerifyClaimsRequest request, Call call)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var able = ModelAbility.TakesImages(model, violations) && ModelAbility.Verifies(model, "model", violations);
        var source = able ? inspector.Inspect(request.Image, "image") : null;
        var options = VerificationReader.Read(request.Verification ?? new Verification(), "verification", violations);
        if (request.Verification is { HasMaxClaims: true })
        {
            violations.Add("verification.max_claims", $"{request.Verification.MaxClaims}", "absent: all claims of a request are checked");
        }

        if (request.Verification is { HasMinLength: true })
        {
            violations.Add(
                "verification.min_length", request.Verification.MinLength.ToString(CultureInfo.InvariantCulture),
                "absent: there is one text");
        }

        var claims = new ClaimsReader(model, violations).Read(request);
        inspector.ThrowIfRefused();
        CheckContext(claims, source!, model, call, violations);

        using var images = await work.PrepareAsync(call, model, [source!]).ConfigureAwait(false);
        var verdicts = await new ClaimVerifier(call.Models, model, options).VerifyAsync(
            images.Images, claims, call.Work).ConfigureAwait(false);
        var response = new VerifyClaimsResponse
        {
            Rejected = (uint)verdicts.Rejected,
            Usage = EventMessages.Usage(verdicts.Usage),
            Timings = EventMessages.Timings(verdicts.Timings).With(images),
        };
        response.Claims.AddRange(verdicts.Verdicts.Select(verdict => ClaimMessages.Of(verdict, request.Text)));
        return response;
    }

    private static void CheckContext(IReadOnlyList<Claim> claims, RequestImage source, ServedModel model, Call call, Violations violations)
    {
        var contextLength = call.Models.Engine.ContextLength(model.Name);
        var longest = claims.Max(claim => ClaimVerifier.Encode(model, [source.Rows], claim.Question).InputIds.Length);
        if (longest >= contextLength)
        {
            violations.AddExceeded("claims", "prompt tokens", ErrorReasons.ContextTooLong, longest, contextLength - 1);
        }

        violations.ThrowIfAny();
    }
}
