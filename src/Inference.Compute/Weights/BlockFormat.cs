namespace Inference.Compute;

/// <summary>
/// Formats of GGUF files in which consecutive numbers of a row share scales, as ggml defines them (https://github.com/ggml-org/ggml).
/// Weights are read from them and written to two of them; they are held as <see cref="NumberFormat"/>.
/// </summary>
public enum BlockFormat
{
    /// <summary>No blocks: every number stands by itself.</summary>
    None,

    /// <summary>Q8_0: 32 signed bytes with one binary16 scale.</summary>
    Q8,

    /// <summary>Q4_0: 32 integers −8…7 with one binary16 scale.</summary>
    Q4,

    /// <summary>
    /// Q4_K: 256 integers 0…15: eight groups of 32, each with a 6-bit scale and a 6-bit minimum, and binary16 scales of both.
    /// </summary>
    Q4K,

    /// <summary>Q6_K: 256 integers −32…31: sixteen groups of 16, each with an 8-bit scale, and a binary16 scale of these.</summary>
    Q6K,
}

/// <summary>Sizes of <see cref="BlockFormat"/>.</summary>
public static class BlockFormats
{
    /// <summary>Numbers of a block.</summary>
    public static int Numbers(this BlockFormat format) => format switch
    {
        BlockFormat.None => 1,
        BlockFormat.Q8 or BlockFormat.Q4 => 32,
        _ => 256,
    };

    /// <summary>Bytes of a block.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="BlockFormat.None"/>.</exception>
    public static int Bytes(this BlockFormat format) => format switch
    {
        BlockFormat.Q8 => 34,
        BlockFormat.Q4 => 18,
        BlockFormat.Q4K => 144,
        BlockFormat.Q6K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Numbers that stand by themselves have no blocks."),
    };

    /// <summary>
    /// The format that weights of such a file are held in where nothing else is asked for: the integers themselves where groups of 32 match
    /// (<see cref="BlockFormat.Q8"/>, <see cref="BlockFormat.Q4"/>), 8 bits for the others.
    /// </summary>
    public static NumberFormat Held(this BlockFormat format) => format == BlockFormat.Q4 ? NumberFormat.Int4 : NumberFormat.Int8;
}
