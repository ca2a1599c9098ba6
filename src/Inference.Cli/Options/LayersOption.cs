using System.CommandLine;
using System.Globalization;

namespace Inference.Cli.Options;

/// <summary><c>--layers</c>: a comma list of hidden states, 0 the embeddings, L the last block before the final norm.</summary>
internal static class LayersOption
{
    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create(string description) => new("--layers") { HelpName = "I,J,…", Description = description };

    /// <summary>The layers in ascending order; null where none were named.</summary>
    /// <exception cref="UsageException">They are something else.</exception>
    public static IReadOnlyList<int>? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        List<int> layers = [];
        foreach (var part in text.Split(','))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) || layers.Contains(layer))
            {
                throw new UsageException($"--layers: found '{text}'; allowed: different numbers from 0 on, separated by commas");
            }

            layers.Add(layer);
        }

        layers.Sort();
        return layers;
    }
}
