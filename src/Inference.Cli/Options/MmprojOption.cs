using System.CommandLine;
using Inference.Cli.Hosting;

namespace Inference.Cli.Options;

/// <summary><c>--mmproj</c>: the image side of a decoder in a GGUF file.</summary>
internal static class MmprojOption
{
    /// <summary>The option; read it with <see cref="Read"/>.</summary>
    public static Option<string?> Create() => new("--mmproj")
    {
        HelpName = "FILE.gguf",
        Description = "Image side (mmproj) of the decoder that --model names by its GGUF file.",
    };

    /// <summary>The model that is named, or the bundled one.</summary>
    /// <exception cref="CommandException">None is named and none is bundled.</exception>
    public static NamedModel Read(ParseResult parsed, Option<string?> model, Option<string?> mmproj) =>
        (parsed.GetValue(model) is { } folder ? NamedModel.Of(folder) : NamedModel.Bundled()) with { Mmproj = parsed.GetValue(mmproj) };
}
