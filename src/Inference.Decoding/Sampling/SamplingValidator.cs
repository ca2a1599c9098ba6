using System.Globalization;
using System.Text;

namespace Inference.Decoding.Sampling;

/// <summary>One value that cannot be used.</summary>
/// <param name="Field">Its name as the API and generation_config.json spell it, with an index for lists: <c>stop[2]</c>.</param>
/// <param name="Found">What was given.</param>
/// <param name="Allowed">What would be accepted.</param>
public readonly record struct SamplingProblem(string Field, string Found, string Allowed);

/// <summary>Checks <see cref="SamplingParameters"/>; finds every problem, not only the first.</summary>
public static class SamplingValidator
{
    /// <summary>Largest number of stop strings.</summary>
    public const int MaxStopStrings = 16;

    /// <summary>Largest length of one stop string in UTF-16 units.</summary>
    public const int MaxStopLength = 256;

    /// <summary>Largest number of alternatives reported at a step.</summary>
    public const int MaxTopLogprobs = 20;

    private const float MaxTemperature = 100f;
    private const float MaxRepetitionPenalty = 100f;

    /// <summary>All problems of <paramref name="parameters"/>, in the order of its fields; empty when it can be used.</summary>
    /// <param name="parameters">The merged parameters.</param>
    /// <param name="vocabularySize">Rows of the logits; stop tokens lie below it.</param>
    public static IReadOnlyList<SamplingProblem> Validate(SamplingParameters parameters, int vocabularySize)
    {
        List<SamplingProblem> problems = [];
        // Negated comparisons, so that NaN fails them too.
        Check(parameters.Temperature is >= 0 and <= MaxTemperature, "temperature", parameters.Temperature, "0 to 100");
        Check(parameters.TopK >= 0, "top_k", parameters.TopK, "0 (off) or more");
        Check(parameters.TopP is > 0 and <= 1, "top_p", parameters.TopP, "above 0, up to 1 (off)");
        Check(parameters.MinP is >= 0 and <= 1, "min_p", parameters.MinP, "0 (off) to 1");
        bool penalty = parameters.RepetitionPenalty is > 0 and <= MaxRepetitionPenalty;
        Check(penalty, "repetition_penalty", parameters.RepetitionPenalty, "above 0, up to 100; 1 is off");
        Check(parameters.MaxTokens >= 1, "max_tokens", parameters.MaxTokens, "1 or more");
        CheckStopStrings(parameters.StopStrings, problems);
        for (int i = 0; i < parameters.StopTokenIds.Count; i++)
        {
            int id = parameters.StopTokenIds[i];
            Check(id >= 0 && id < vocabularySize, $"stop_token_ids[{i}]", id, $"0 to {vocabularySize - 1}");
        }
        Check(parameters.TopLogprobs is >= 0 and <= MaxTopLogprobs, "top_logprobs", parameters.TopLogprobs, $"0 to {MaxTopLogprobs}");
        return problems;

        void Check(bool ok, string field, IFormattable found, string allowed)
        {
            if (!ok) problems.Add(new SamplingProblem(field, found.ToString(null, CultureInfo.InvariantCulture), allowed));
        }
    }

    private static void CheckStopStrings(IReadOnlyList<string> stops, List<SamplingProblem> problems)
    {
        if (stops.Count > MaxStopStrings)
            problems.Add(new SamplingProblem("stop", $"{stops.Count} strings", $"at most {MaxStopStrings}"));
        for (int i = 0; i < stops.Count; i++)
        {
            if (stops[i].Length is 0 or > MaxStopLength)
                problems.Add(new SamplingProblem($"stop[{i}]", $"{stops[i].Length} characters", $"1 to {MaxStopLength} characters"));
            else if (!IsWellFormed(stops[i]))
                problems.Add(new SamplingProblem($"stop[{i}]", "half of a surrogate pair", "well-formed text"));
        }
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out int used) != System.Buffers.OperationStatus.Done) return false;
            text = text[used..];
        }
        return true;
    }
}
