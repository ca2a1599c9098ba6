using System.CommandLine;
using Inference.Cli.Hosting;
using Inference.Compute;
using Inference.Models.Loading;

namespace Inference.Cli.Options;

/// <summary>Which model, and on how many threads.</summary>
/// <param name="Model">The model and its name.</param>
/// <param name="Threads">0: one per processor.</param>
/// <param name="Context">Longest sequence; null: the model's own limit, up to a default.</param>
/// <param name="ApplyExifOrientation">Turns pictures upright.</param>
/// <param name="Weights">How the decoder's matrices are held; null: as they are stored.</param>
internal sealed record ModelSettings(NamedModel Model, int Threads, int? Context, bool ApplyExifOrientation, NumberFormat? Weights)
{
    /// <summary>Where packed weights are kept.</summary>
    public required PackCache Packs { get; init; }
}

/// <summary>
/// <c>--model</c>, <c>--mmproj</c>, <c>--weights</c>, <c>--pack-cache</c>, <c>--shared-packs</c>, <c>--threads</c>, <c>--context</c>,
/// <c>--stored-orientation</c>.
/// </summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = new("--model")
    {
        HelpName = "DIR|FILE.gguf",
        Description = "Model folder in Hugging Face layout, GGUF file, or folder of a GGUF file and its mmproj; "
            + "the bundled model without it.",
    };

    private readonly Option<string?> _mmproj = MmprojOption.Create();

    private readonly Option<string?> _weights = WeightsOption.Create();

    private readonly Option<int?> _threads =
        CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);

    private readonly Option<int?> _context = CommonOptions.Integer("--context", "N", "Longest sequence in tokens to prepare for.", 2);

    private readonly Option<bool> _stored = new("--stored-orientation")
    {
        Description = "Take pixels as they are stored instead of turning pictures upright by their EXIF data.",
    };

    private readonly PackCacheOption _packs = new();

    private ModelOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static ModelOptions AddTo(Command command)
    {
        var options = new ModelOptions();
        command.Options.Add(options._model);
        command.Options.Add(options._mmproj);
        command.Options.Add(options._weights);
        command.Options.Add(options._packs.Place);
        command.Options.Add(options._packs.Shared);
        command.Options.Add(options._threads);
        command.Options.Add(options._context);
        command.Options.Add(options._stored);
        return options;
    }

    /// <summary>The folder that was named, or null.</summary>
    public string? Named(ParseResult parsed) => parsed.GetValue(_model);

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">No model is named and none is bundled.</exception>
    public ModelSettings Read(ParseResult parsed) => new(
        MmprojOption.Read(parsed, _model, _mmproj),
        parsed.GetValue(_threads) ?? 0, parsed.GetValue(_context), !parsed.GetValue(_stored),
        WeightsOption.Read(parsed, _weights))
    {
        Packs = _packs.Read(parsed),
    };
}
