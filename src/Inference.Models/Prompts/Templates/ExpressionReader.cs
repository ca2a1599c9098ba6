using System.Text;
using System.Text.RegularExpressions;

namespace Inference.Models.Prompts.Templates;

/// <summary>Reads the expressions of chat templates that join string literals and known values; anything else is marked unknown.</summary>
internal static partial class ExpressionReader
{
    private const string Unknown = "{?}";

    /// <summary>
    /// The emitted text, values as <c>{role}</c>, <c>{ROLE}</c>, <c>{Role}</c>, <c>{text}</c>, <c>{bos}</c> or <c>{eos}</c>.
    /// </summary>
    public static string Read(string expression)
    {
        if (expression.StartsWith("raise_exception(", StringComparison.Ordinal)) return "";
        StringBuilder output = new();
        int at = 0;
        while (true)
        {
            Match operand = Operand().Match(expression, at);
            if (!operand.Success) return Unknown;
            Group literal = operand.Groups["literal"];
            output.Append(literal.Success ? Unescape(literal.Value[1..^1]) : Value(operand.Groups["value"].Value));
            at += operand.Length;
            if (at == expression.Length) return output.ToString();
            if (expression[at++] != '+') return Unknown;
        }
    }

    private static string Value(string value)
    {
        // One spelling: m.role, m["role"] and m['role'] are the same, and so are x.upper() and x|upper.
        string plain = Blanks().Replace(value, "").Replace('"', '\'').Replace("|upper", ".upper()").Replace("|capitalize", ".capitalize()");
        string name = Subscript().Replace(plain, ".$1");
        return name switch
        {
            "bos_token" => "{bos}",
            "eos_token" => "{eos}",
            _ when name.EndsWith(".role", StringComparison.Ordinal) => "{role}",
            _ when name.EndsWith(".role.upper()", StringComparison.Ordinal) => "{ROLE}",
            _ when name.EndsWith(".role.capitalize()", StringComparison.Ordinal) => "{Role}",
            _ when name.EndsWith(".text", StringComparison.Ordinal) => "{text}",
            _ => Unknown,
        };
    }

    private static string Unescape(string literal)
    {
        StringBuilder text = new(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\' || i + 1 == literal.Length)
            {
                text.Append(literal[i]);
                continue;
            }
            char escaped = literal[++i];
            // As in Python, an escape that means nothing stays as it is written.
            text.Append(escaped switch { 'n' => "\n", 't' => "\t", '\\' => "\\", '\'' => "'", '"' => "\"", _ => $"\\{escaped}" });
        }
        return text.ToString();
    }

    [GeneratedRegex(
        """\G\s*(?:(?<literal>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<value>[A-Za-z_](?:[\w.|\s]|\[(?:'\w+'|"\w+"|\d+)\]|\(\))*))\s*""",
        RegexOptions.Singleline)]
    private static partial Regex Operand();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\['(\w+)'\]")]
    private static partial Regex Subscript();
}
