namespace Inference.Grounding.Evaluation;

/// <summary>An evaluation file cannot be used; says which file and line, what was found and what is allowed.</summary>
public sealed class EvaluationException : Exception
{
    /// <summary>Describes the refusal.</summary>
    public EvaluationException(string place, string found, string allowed)
        : base($"{place}: found {found}; allowed: {allowed}")
    {
        Place = place;
    }

    /// <summary>The file, and the line or key in it.</summary>
    public string Place { get; }

    // What a file holds may be long or unprintable; a message is one readable line.
    internal static string Quote(string found)
    {
        const int Longest = 80;
        var shown = found.Length <= Longest ? found : found[..Longest] + "…";
        return "\"" + string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c)) + "\"";
    }
}
