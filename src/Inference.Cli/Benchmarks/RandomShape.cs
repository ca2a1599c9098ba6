using System.CommandLine;
using System.Globalization;
using Inference.Models.Decoders;

namespace Inference.Cli.Benchmarks;

/// <summary>Reads <c>llama:hidden=2048,layers=22,heads=32,kv=4,ffn=5632,vocab=32000[,headdim=64]</c>.</summary>
internal static class RandomShape
{
    private const int MostOfAny = 1 << 20;
    private static readonly string[] Required = ["hidden", "layers", "heads", "kv", "ffn", "vocab"];

    /// <summary><c>--random SHAPE</c>.</summary>
    public static Option<string?> Option() => new("--random")
    {
        HelpName = "SHAPE",
        Description = "Random weights instead: llama:hidden=2048,layers=22,heads=32,kv=4,ffn=5632,vocab=32000[,headdim=64].",
    };

    /// <summary>Lets the command refuse a text that is no shape, and a shape beside a model.</summary>
    /// <param name="command">The command.</param>
    /// <param name="random">Its <see cref="Option"/>.</param>
    /// <param name="models">Its options that name files of a model.</param>
    public static void Validate(Command command, Option<string?> random, params Option<string?>[] models) => command.Validators.Add(result =>
    {
        if (result.GetValue(random) is not { } text)
        {
            return;
        }

        var named = Array.Find(models, option => result.GetValue(option) is not null)?.Name;
        if (Parse(text, out var error) is null || named is not null)
        {
            result.AddError($"--random: {error ?? $"cannot be used with {named}"}");
        }
    });

    /// <summary>The shape, or null and what is wrong with the text.</summary>
    public static DecoderShape? Parse(string text, out string? error)
    {
        error = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || text[..colon] != "llama")
        {
            error = $"found '{text}'; allowed: llama:hidden=2048,layers=22,heads=32,kv=4,ffn=5632,vocab=32000[,headdim=64]";
            return null;
        }

        var values = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pair in text[(colon + 1)..].Split(','))
        {
            var parts = pair.Split('=', 2);
            var known = Required.Contains(parts[0]) || parts[0] == "headdim";
            if (parts.Length < 2 || !known || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value is < 1 or > MostOfAny || !values.TryAdd(parts[0], value))
            {
                error = $"found '{pair}'; allowed: {string.Join(", ", Required)}, headdim, once each, with a whole number of 1 or more";
                return null;
            }
        }

        return Build(values, out error);
    }

    private static DecoderShape? Build(Dictionary<string, int> values, out string? error)
    {
        if (Required.FirstOrDefault(name => !values.ContainsKey(name)) is { } missing)
        {
            error = $"{missing}= is missing";
            return null;
        }

        var (hidden, heads, kv) = (values["hidden"], values["heads"], values["kv"]);
        var headDim = values.GetValueOrDefault("headdim", hidden / heads);
        error = heads % kv != 0 ? $"kv={kv} must divide heads={heads}"
            : headDim < 2 || headDim % 2 != 0 ? $"a head is {headDim} wide; it must be even"
            : !values.ContainsKey("headdim") && hidden % heads != 0 ? $"heads={heads} must divide hidden={hidden}, or headdim= be given"
            : null;
        return error is not null ? null : new DecoderShape
        {
            Width = hidden,
            Layers = values["layers"],
            Heads = heads,
            KvHeads = kv,
            HeadDim = headDim,
            Intermediate = values["ffn"],
            Vocabulary = values["vocab"],
            NormEpsilon = 1e-5f,
        };
    }
}
