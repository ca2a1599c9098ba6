using Inference.Grounding.Segments;
using Inference.Models.Prompts.Profiles;

namespace Inference.Grounding.Verification;

/// <summary>Finds the claims of an answer: by the rules of the model's profile, or without any, one a sentence.</summary>
public static class ClaimExtractor
{
    /// <summary>
    /// The claims of a text in its order. Where rules overlap, the match that begins first counts, of equals that of the earlier rule.
    /// </summary>
    public static IReadOnlyList<Claim> Extract(ModelProfile profile, string text) =>
        profile.Claims.Count == 0 ? Sentences(profile, text) : Mentions(profile, text);

    private static List<Claim> Mentions(ModelProfile profile, string text)
    {
        var found = profile.Claims.SelectMany(rule => rule.Find(text)).OrderBy(match => match.Start);
        List<Claim> claims = [];
        var end = 0;
        foreach (var (start, length, phrase) in found)
        {
            if (start >= end)
            {
                claims.Add(new Claim(text.Substring(start, length), profile.ExistsPrompt(phrase)) { Start = start });
                end = start + length;
            }
        }

        return claims;
    }

    private static List<Claim> Sentences(ModelProfile profile, string text)
    {
        List<Claim> claims = [];
        foreach (var (start, length) in SegmentSplitter.Split(text, SegmentUnit.Sentence))
        {
            var sentence = text.AsSpan(start, length);
            var blank = length - sentence.TrimStart().Length;
            var trimmed = sentence.Trim().ToString();
            claims.Add(Claim.Statement(profile, trimmed) with { Start = start + blank });
        }

        return claims;
    }
}
