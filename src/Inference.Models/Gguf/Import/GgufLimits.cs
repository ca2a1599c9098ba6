namespace Inference.Models.Gguf;

/// <summary>Upper bounds of what a GGUF file may hold: far above any model.</summary>
internal static class GgufLimits
{
    public const int Keys = 1 << 16;
    public const int Tensors = 1 << 17;
    public const int NameBytes = 1 << 10;
    public const int TextBytes = 16 << 20;
    public const int ArrayLength = 1 << 24;
    public const int ArrayDepth = 4;
    public const int Dimensions = 4;
    public const int Alignment = 1 << 16;
    public const long Size = 1L << 32;
}
