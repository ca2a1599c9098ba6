using System.Text.Json;
using System.Text.Json.Serialization;
using Inference.Decoding.Pruning;
using Inference.Models.Checkpoints;

namespace Inference.Grounding.Calibration;

/// <summary>Stages that were picked for one model, as JSON: what requests need, and what it was picked by.</summary>
public sealed record PruningFile
{
    private const string FormatName = "glassbox.pruning.v1";
    private const long MostBytes = 1 << 20;

    private static readonly PruningFileJson Json = new(ModelJson.Options());

    /// <summary>What kind of file it is.</summary>
    public string Format { get; init; } = FormatName;

    /// <summary>Fingerprint of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Name of the ranking.</summary>
    public required string Ranking { get; init; }

    /// <summary><c>reindex</c> or <c>keep</c>.</summary>
    public required string Positions { get; init; }

    /// <summary>The stages; none where dropping mattered everywhere.</summary>
    public required IReadOnlyList<PruningStage> Stages { get; init; }

    /// <summary>Share of an image's rows that they keep, on average over the blocks.</summary>
    public required double Average { get; init; }

    /// <summary>Divergence of the answers with all stages together; absent where there are none.</summary>
    public Divergence? Together { get; init; }

    /// <summary>The most divergence a stage was allowed, in nats.</summary>
    public required double Threshold { get; init; }

    /// <summary>Questions asked.</summary>
    public required int Samples { get; init; }

    /// <summary>Divergence of every stage that was tried by itself.</summary>
    public required IReadOnlyList<StageDivergence> Tried { get; init; }

    /// <summary>What requests that name the file ask for.</summary>
    [JsonIgnore]
    public PruningChoice Choice => new()
    {
        Schedule = Stages.Count == 0 ? null : new ExplicitStages(Stages),
        Ranking = RankingRegistry.Find(Ranking),
        Positions = Positions == "keep" ? PositionPolicy.Keep : PositionPolicy.Reindex,
        Fingerprint = Model,
    };

    /// <summary>Writes the file; it is whole or absent.</summary>
    public void Write(string path) => ModelJson.Write(path, this, Json.PruningFile);

    /// <summary>Reads a file.</summary>
    /// <exception cref="PruningException">It is not such a file.</exception>
    public static PruningFile Read(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MostBytes and var length })
        {
            throw new PruningException(path, $"{length} bytes", $"up to {MostBytes}");
        }

        PruningFile? file;
        try
        {
            file = JsonSerializer.Deserialize(File.ReadAllBytes(path), Json.PruningFile);
        }
        catch (JsonException failure)
        {
            throw new PruningException($"{path} {failure.Path ?? "$"}", "JSON that does not fit", "what calibrate pruning writes");
        }

        file?.Check(path);
        return file ?? throw new PruningException(path, "null", "an object");
    }

    private void Check(string path)
    {
        if (Format != FormatName)
        {
            throw new PruningException($"{path} format", $"'{Format}'", FormatName);
        }

        if (Model is not { Length: 64 } || !Model.All(char.IsAsciiHexDigitLower))
        {
            throw new PruningException($"{path} model", "no fingerprint", "64 lower-case hexadecimal digits");
        }

        if (Positions is not ("reindex" or "keep"))
        {
            throw new PruningException($"{path} positions", $"'{Positions}'", "reindex, keep");
        }

        Choice.Schedule?.Check();
    }
}

/// <summary>A mean over samples.</summary>
/// <param name="Mean">In nats.</param>
/// <param name="StandardError">Of the mean.</param>
public readonly record struct Divergence(double Mean, double StandardError);

/// <summary>How far answers move when one stage drops rows.</summary>
/// <param name="Layer">Before this block.</param>
/// <param name="Keep">This share of the rows remained.</param>
/// <param name="Divergence">KL of the next-token distribution with all rows from the one without.</param>
public readonly record struct StageDivergence(int Layer, double Keep, Divergence Divergence);

/// <summary>Reads and writes the members without reflection, which native builds lack.</summary>
[JsonSerializable(typeof(PruningFile))]
internal sealed partial class PruningFileJson : JsonSerializerContext;
