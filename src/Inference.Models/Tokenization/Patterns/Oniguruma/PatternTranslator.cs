using System.Globalization;
using System.Text;

namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>
/// Rewrites a pattern in Oniguruma's Ruby syntax, which the tokenizers library uses, as a .NET one with the same matches. Every class
/// becomes explicit ranges over UTF-16 units, so astral letters count as letters. Case folding is the simple one.
/// </summary>
internal sealed class PatternTranslator
{
    private const int MostRepeats = 256;
    private readonly PatternReader _reader;
    private int _depth;

    private PatternTranslator(string pattern) => _reader = new PatternReader(pattern);

    /// <summary>Whether the result uses look-around or atomic groups, which .NET's linear-time engine does not have.</summary>
    public bool NeedsBacktracking { get; private set; }

    public static (string Pattern, bool NeedsBacktracking) Translate(string pattern)
    {
        var translator = new PatternTranslator(pattern);
        var result = translator.Alternatives(new Options(IgnoreCase: false, DotAll: false));
        return translator._reader.AtEnd
            ? (result, translator.NeedsBacktracking)
            : throw new UnsupportedPatternException("')' closes nothing");
    }

    private string Alternatives(Options options)
    {
        if (++_depth > 32) throw new UnsupportedPatternException("its groups nest too deeply");
        var text = new StringBuilder();
        while (!_reader.AtEnd && _reader.Peek != ')')
            text.Append(_reader.TryTake("|") ? "|" : Repeated(options));
        _depth--;
        return text.ToString();
    }

    private string Repeated(Options options)
    {
        var atom = Atom(options);
        while (true)
        {
            if (_reader.TryTakeInterval(out var least, out var most))
            {
                if (least > MostRepeats || most > MostRepeats || most < least)
                    throw new UnsupportedPatternException($"an interval must ascend and end at {MostRepeats} or below");
                if (least == most && _reader.Peek == '?') throw new UnsupportedPatternException("'{n}?' is not supported");
                atom += string.Create(CultureInfo.InvariantCulture, $"{{{least},{most}}}") + (_reader.TryTake("?") ? "?" : "");
            }
            else if (_reader.Peek is '*' or '+' or '?')
            {
                atom += (char)_reader.TakeCodePoint();
                if (_reader.TryTake("?")) atom += "?";
                else if (_reader.TryTake("+")) atom = Atomic(atom);
            }
            else
            {
                return atom;
            }
            atom = $"(?:{atom})";
        }
    }

    private string Atom(Options options)
    {
        if (_reader.TryTake("(")) return Group(options);
        if (_reader.TryTake("[")) return SetWriter.Write(ClassReader.Read(_reader, options.IgnoreCase));
        if (_reader.TryTake(".")) return SetWriter.Write(options.DotAll ? UnicodeSets.Any : UnicodeSets.NotNewline);
        // Lines begin after a newline that is not the last character, and end before one or at the very end.
        if (_reader.TryTake("^")) return LookAround(@"(?:\A|(?<=\n)(?!\z))");
        if (_reader.TryTake("$")) return LookAround(@"(?=\n|\z)");
        if (_reader.Peek is '*' or '+' or '?') throw new UnsupportedPatternException($"'{_reader.Peek}' has nothing to repeat");
        return _reader.TryTake("\\") ? Escape(options) : Literal(_reader.TakeCodePoint(), options);
    }

    private string Escape(Options options)
    {
        if (_reader.TryTake("A")) return @"\A";
        if (_reader.TryTake("z")) return @"\z";
        if (_reader.TryTake("Z")) return @"\Z";
        if (_reader.Peek is 'b' or 'B') return WordBoundary(_reader.TakeCodePoint() == 'B');
        return _reader.TryTakeEscapedSet() is { } set
            ? SetWriter.Write(options.IgnoreCase ? set.CaseClosed() : set)
            : Literal(_reader.TakeEscapedCodePoint(), options);
    }

    private string WordBoundary(bool negated)
    {
        var word = SetWriter.Write(UnicodeSets.Word);
        return LookAround(negated
            ? $"(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"
            : $"(?:(?<={word})(?!{word})|(?<!{word})(?={word}))");
    }

    private string Group(Options options)
    {
        if (!_reader.TryTake("?")) return $"(?:{Close(options)})";
        if (_reader.TryTake(":")) return $"(?:{Close(options)})";
        if (_reader.TryTake("=")) return LookAround($"(?={Close(options)})");
        if (_reader.TryTake("!")) return LookAround($"(?!{Close(options)})");
        if (_reader.TryTake("<=")) return LookAround($"(?<={Close(options)})");
        if (_reader.TryTake("<!")) return LookAround($"(?<!{Close(options)})");
        if (_reader.TryTake(">")) return Atomic(Close(options));
        if (_reader.TryTake("<"))
        {
            _reader.TakeUntil('>');
            return $"(?:{Close(options)})";
        }
        return WithOptions(options);
    }

    // (?im-im) holds to the end of the group around it, (?im-im:…) for its own.
    private string WithOptions(Options options)
    {
        for (var on = true; ;)
        {
            switch (_reader.TakeCodePoint())
            {
                case '-': on = false; break;
                case 'i': options = options with { IgnoreCase = on }; break;
                case 'm': options = options with { DotAll = on }; break;
                case ':': return $"(?:{Close(options)})";
                case ')': return $"(?:{Alternatives(options)})";
                default: throw new UnsupportedPatternException("a group of this kind is not supported");
            }
        }
    }

    private string Close(Options options)
    {
        var inside = Alternatives(options);
        return _reader.TryTake(")") ? inside : throw new UnsupportedPatternException("')' is missing");
    }

    private string LookAround(string pattern)
    {
        NeedsBacktracking = true;
        return pattern;
    }

    private string Atomic(string pattern)
    {
        NeedsBacktracking = true;
        return $"(?>{pattern})";
    }

    private static string Literal(int codePoint, Options options)
    {
        var set = CodePointSet.Of(codePoint);
        return SetWriter.Write(options.IgnoreCase ? set.CaseClosed() : set);
    }

    private readonly record struct Options(bool IgnoreCase, bool DotAll);
}
