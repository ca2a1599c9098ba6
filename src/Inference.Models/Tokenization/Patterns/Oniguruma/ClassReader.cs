namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>Reads a bracket expression: members, ranges, escapes, nested classes and intersections.</summary>
internal static class ClassReader
{
    /// <summary>The set of the class whose opening bracket has just been taken, negation and case folding applied.</summary>
    public static CodePointSet Read(PatternReader reader, bool ignoreCase, int depth = 0)
    {
        if (depth > 16) throw new UnsupportedPatternException("its classes nest too deeply");
        var negated = reader.TryTake("^");
        CodePointSet? intersection = null;
        CodePointSet? members = null;
        while (!reader.TryTake("]"))
        {
            if (reader.TryTake("&&"))
            {
                var left = members ?? throw new UnsupportedPatternException("'&&' has nothing before it");
                intersection = intersection?.Intersect(left) ?? left;
                members = null;
                continue;
            }
            var member = ReadMember(reader, ignoreCase, depth);
            members = members?.Union(member) ?? member;
        }
        var set = members ?? throw new UnsupportedPatternException("a class is empty");
        set = intersection?.Intersect(set) ?? set;
        if (ignoreCase) set = set.CaseClosed();
        return negated ? set.Complement() : set;
    }

    private static CodePointSet ReadMember(PatternReader reader, bool ignoreCase, int depth)
    {
        if (reader.Follows("[:")) throw new UnsupportedPatternException("POSIX brackets are not supported");
        if (reader.TryTake("[")) return Read(reader, ignoreCase, depth + 1);
        var escaped = reader.TryTake("\\");
        if (escaped && reader.TryTakeEscapedSet() is { } set) return set;
        var from = escaped ? EscapedMember(reader) : reader.TakeCodePoint();
        if (!reader.Follows("-") || reader.Follows("-]") || !reader.TryTake("-")) return CodePointSet.Of(from);

        if (reader.Follows("[")) throw new UnsupportedPatternException("a range in a class ends in a class");
        var to = reader.TryTake("\\") ? EscapedMember(reader) : reader.TakeCodePoint();
        return from <= to ? CodePointSet.Of(from, to) : throw new UnsupportedPatternException("a range in a class runs backwards");
    }

    // Inside a class \b is the backspace.
    private static int EscapedMember(PatternReader reader) => reader.TryTake("b") ? '\b' : reader.TakeEscapedCodePoint();
}
