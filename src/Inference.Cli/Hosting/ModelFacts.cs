using Inference.Models.Checkpoints;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;

namespace Inference.Cli.Hosting;

/// <summary>What a model says about itself, without loading its weights.</summary>
internal sealed record ModelFacts
{
    public required string Folder { get; init; }

    public required ModelConfig Config { get; init; }

    public required long Parameters { get; init; }

    public required long WeightBytes { get; init; }

    public required string WeightFormat { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>Name of the chat format, or why there is none.</summary>
    public required string ChatFormat { get; init; }

    /// <summary>Rows of an image in a prompt, at most; 0 for a text model.</summary>
    public int ImageTokens => Config.Vision is not { } vision
        ? 0
        : TileTokens(vision) + Config.ImageGridPinpoints.Select(grid => GridTokens(grid, vision)).DefaultIfEmpty().Max();

    /// <summary>Reads configuration and headers.</summary>
    /// <exception cref="CheckpointException">The folder cannot be used.</exception>
    public static ModelFacts Read(NamedModel model)
    {
        using var checkpoint = Checkpoint.Open(model.Folder, model.Mmproj);
        return new ModelFacts
        {
            Folder = checkpoint.Folder,
            Config = checkpoint.Config,
            Parameters = checkpoint.Parameters,
            WeightBytes = checkpoint.WeightBytes,
            WeightFormat = checkpoint.WeightDtype.FormatName(),
            Fingerprint = checkpoint.Fingerprint,
            ChatFormat = FindChat(checkpoint),
        };
    }

    private static string FindChat(Checkpoint checkpoint)
    {
        try
        {
            return ChatFormatResolver.Resolve(checkpoint.Folder, ModelProfiles.Load(checkpoint.Folder), checkpoint.Config).Name;
        }
        catch (PromptException failure)
        {
            return failure.Message;
        }
    }

    private int TileTokens(VisionConfig vision)
    {
        return vision.Positions - (Config.VisionFeatureSelectStrategy == VisionFeatureSelectStrategy.Default ? 1 : 0);
    }

    // Tiles that fill their grid, and a newline at the end of each row of patches.
    private static int GridTokens(GridPinpoint grid, VisionConfig vision)
    {
        var rows = grid.Height / vision.ImageSize * vision.PatchesPerSide;
        var columns = grid.Width / vision.ImageSize * vision.PatchesPerSide;
        return rows * (columns + 1);
    }
}
