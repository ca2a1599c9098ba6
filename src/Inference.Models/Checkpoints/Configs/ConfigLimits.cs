namespace Inference.Models.Checkpoints;

/// <summary>
/// Upper bounds of configuration values: far above any model, low enough that products of two stay within 64 bits and nothing is allocated
/// by a typo.
/// </summary>
internal static class ConfigLimits
{
    /// <summary>Widths, vocabulary, context.</summary>
    public const int Size = 1 << 24;

    public const int Layers = 4096;

    public const int List = 4096;

    /// <summary>Pixels of one side of an input or a grid.</summary>
    public const int ImageSide = 1 << 14;

    /// <summary>Bytes of a configuration file.</summary>
    public const long FileLength = 16 << 20;
}
