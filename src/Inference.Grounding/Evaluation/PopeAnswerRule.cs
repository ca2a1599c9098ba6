namespace Inference.Grounding.Evaluation;

/// <summary>Reads yes or no out of an answer.</summary>
public static class PopeAnswerRule
{
    /// <summary>
    /// Whether an answer counts as yes by the official rule (evaluate.py of AoiDragon/POPE): of the text before the first full stop,
    /// without commas and cut at blanks, the words "No", "no" and "not" mean no, and everything else means yes, be it empty or nonsense.
    /// </summary>
    public static bool SaysYes(string answer)
    {
        var words = Words(answer);
        return !words.Contains("No") && !words.Contains("no") && !words.Contains("not");
    }

    /// <summary>Whether an answer that counts as yes does not say so: it would be yes whatever the question.</summary>
    public static bool IsUnclear(string answer) =>
        SaysYes(answer) && !Array.Exists(Words(answer), word => word.Equals("yes", StringComparison.OrdinalIgnoreCase));

    private static string[] Words(string answer) => answer.Split('.', 2)[0].Replace(",", "").Split(' ');
}
