using System.CommandLine;
using Inference.Cli.Options;
using Inference.Decoding.Sampling;
using Inference.Grounding.Evaluation.Degrading;

namespace Inference.Cli.Commands.Probes;

/// <summary>What to collect.</summary>
internal sealed record ProbeCollectSettings
{
    public required ModelSettings Model { get; init; }

    public required SamplingOverrides Sampling { get; init; }

    /// <summary>Annotated scenes, or answers that are labelled already.</summary>
    public required string Labels { get; init; }

    public required bool LabelsAreScenes { get; init; }

    /// <summary>Folder that image names are relative to.</summary>
    public required string Images { get; init; }

    /// <summary>Folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>Null: the usual ones of the model.</summary>
    public required IReadOnlyList<int>? Layers { get; init; }

    public required int Samples { get; init; }

    public required ulong Seed { get; init; }

    public required bool AsksCaption { get; init; }

    public required bool AsksDetail { get; init; }

    public required IReadOnlyList<Degradation> Degradations { get; init; }

    public required bool IsHalf { get; init; }

    public required int? Limit { get; init; }

    /// <summary>All of this in a line, for the folder's description.</summary>
    public required string Source { get; init; }
}

/// <summary>Options of <c>glassbox probe collect</c>.</summary>
internal sealed class ProbeCollectOptions
{
    /// <summary>Tokens of an answer that does not say how many.</summary>
    public const int DefaultTokens = 256;

    private const int MostSamples = 1024;

    private readonly Option<string?> _scenes = new("--scenes")
    {
        HelpName = "FILE",
        Description = "Annotated scenes as JSONL (weights/demo/scenes); " +
            "the model is asked and its answers are labelled by what is in the scene.",
    };

    private readonly Option<string?> _spans = new("--spans")
    {
        HelpName = "FILE",
        Description = "Labelled answers as JSONL: " +
            "{\"image\", \"prompt\", \"text\", \"spans\": [{\"start\", \"end\", \"label\"}]}; each is fed to the model.",
    };

    private readonly Option<string?> _images = new("--images")
    {
        HelpName = "DIR",
        Description = "Folder that image names are relative to; that of the file without it.",
    };

    private readonly Option<string> _output = new("--out") { HelpName = "DIR", Required = true, Description = "Folder to write." };

    private readonly Option<string?> _layers =
        LayersOption.Create("Hidden states to keep: 0 the embeddings, L the last block; without it L/4, L/2, 5L/8, 3L/4, 7L/8 and L.");

    private readonly Option<string> _ask = new("--ask")
    {
        HelpName = "caption|detail|both",
        Description = "What a scene is asked: a caption, a detailed description of each object's region, or both.",
        DefaultValueFactory = _ => "caption",
    };

    private readonly Option<int?> _samples =
        CommonOptions.Integer(
            "--samples", "N", "Answers to each question, each with its own seed; more than one needs --temperature.", 1, MostSamples);

    private readonly Option<string?> _degrade = new("--degrade")
    {
        HelpName = "KIND:X,…",
        Description = $"Make the images worse so that the model errs: {Degradation.Form}, one or several separated by commas.",
    };

    private readonly Option<string> _dtype = new("--dtype")
    {
        HelpName = "f32|bf16",
        Description = "How hidden states are stored.",
        DefaultValueFactory = _ => "f32",
    };

    private readonly Option<int?> _limit = CommonOptions.Integer("--limit", "N", "Read the first N lines of the file only.", 1);

    private ModelOptions _model = null!;
    private SamplingOptions _sampling = null!;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        _ask.AcceptOnlyFromAmong("caption", "detail", "both");
        _dtype.AcceptOnlyFromAmong("f32", "bf16");
        Option[] all = [_scenes, _spans, _images, _output, _layers, _ask, _samples, _degrade, _dtype, _limit];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        _model = ModelOptions.AddTo(command);
        _sampling = SamplingOptions.AddTo(command);
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="UsageException">Options do not go together.</exception>
    public ProbeCollectSettings Read(ParseResult parsed)
    {
        var (scenes, spans) = (parsed.GetValue(_scenes), parsed.GetValue(_spans));
        if ((scenes is null) == (spans is null))
        {
            throw new UsageException($"--scenes, --spans: found {(scenes is null ? "neither" : "both")}; allowed: one of them");
        }

        var (sampling, samples, ask) = (_sampling.Read(parsed), parsed.GetValue(_samples) ?? 1, parsed.GetValue(_ask)!);
        if (samples > 1 && sampling.Temperature is null or 0)
        {
            throw new UsageException($"--samples: found {samples} without --temperature; allowed: with a temperature above 0");
        }

        var degrade = parsed.GetValue(_degrade);
        var labels = scenes ?? spans!;
        var seed = sampling.Seed ?? 0;
        return new ProbeCollectSettings
        {
            Model = _model.Read(parsed),
            Sampling = sampling,
            Labels = labels,
            LabelsAreScenes = scenes is not null,
            Images = parsed.GetValue(_images) ?? Path.GetDirectoryName(Path.GetFullPath(labels))!,
            Output = parsed.GetValue(_output)!,
            Layers = LayersOption.Read(parsed, _layers),
            Samples = samples,
            Seed = seed,
            AsksCaption = ask is "caption" or "both",
            AsksDetail = ask is "detail" or "both",
            Degradations = degrade is null ? [] : Degradations(degrade),
            IsHalf = parsed.GetValue(_dtype) == "bf16",
            Limit = parsed.GetValue(_limit),
            Source = $"{(spans is null ? ask : "labelled answers")} of {Path.GetFileName(labels)}, " + FormattableString.Invariant(
                $"{samples} of temperature {sampling.Temperature ?? 0}, seed {seed}, images {degrade ?? "clean"}"),
        };
    }

    private static List<Degradation> Degradations(string text)
    {
        try
        {
            return [.. text.Split(',').Select(Degradation.Parse)];
        }
        catch (FormatException problem)
        {
            throw new UsageException($"--degrade: {problem.Message}");
        }
    }
}
