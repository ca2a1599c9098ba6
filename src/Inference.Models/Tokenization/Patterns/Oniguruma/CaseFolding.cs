using System.Text;

namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>Groups of code points that differ only by case (simple folding).</summary>
internal static class CaseFolding
{
    private static readonly Dictionary<int, int[]> Groups = BuildGroups();

    /// <summary>The whole group of a code point, itself included; empty for one without case.</summary>
    public static IReadOnlyList<int> VariantsOf(int codePoint) => Groups.GetValueOrDefault(Fold(codePoint)) ?? [];

    // The long s is the one letter whose simple folding the invariant mapping leaves out.
    private static int Fold(int codePoint) =>
        codePoint == 0x17F ? 's' : Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(codePoint))).Value;

    private static Dictionary<int, int[]> BuildGroups()
    {
        var groups = new Dictionary<int, List<int>>();
        for (var i = 0; i <= 0x10FFFF; i++)
        {
            if (!Rune.IsValid(i) || Fold(i) is var fold && fold == i) continue;
            if (!groups.TryGetValue(fold, out var group)) groups.Add(fold, group = [fold]);
            group.Add(i);
        }
        return groups.ToDictionary(group => group.Key, group => group.Value.ToArray());
    }
}
