using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Engine.Kv;

/// <summary>Consecutive blocks of which a sequence's cache holds the same number of tokens.</summary>
/// <param name="FirstLayer">First block, 0-based.</param>
/// <param name="EndLayer">One past the last.</param>
/// <param name="PromptRows">Prompt rows that these blocks see.</param>
/// <param name="Slots">Tokens at most: prompt rows and generated tokens fed back.</param>
internal readonly record struct KvGroup(int FirstLayer, int EndLayer, int PromptRows, int Slots)
{
    /// <summary>Pages of one layer of the group.</summary>
    public int Blocks => BlocksFor(Slots);

    /// <summary>Pages of one layer that hold <paramref name="slots"/> tokens.</summary>
    public static int BlocksFor(int slots) => (slots + KvGeometry.PageSize - 1) / KvGeometry.PageSize;

    /// <summary>Whether that many tokens leave no page filled in part.</summary>
    public static bool IsWhole(int slots) => slots % KvGeometry.PageSize == 0;
}

/// <summary>How many tokens each layer of a sequence's cache holds: known before the prompt is read, whatever is dropped.</summary>
/// <param name="Groups">The blocks from first to last.</param>
/// <param name="TokenBytes">Bytes of one token in one layer, keys and values.</param>
internal sealed record KvLayout(IReadOnlyList<KvGroup> Groups, int TokenBytes)
{
    /// <summary>Pages of all layers together.</summary>
    public long Pages => Groups.Sum(group => (long)(group.EndLayer - group.FirstLayer) * group.Blocks);

    /// <summary>Blocks of the model.</summary>
    public int Layers => Groups[^1].EndLayer;

    /// <summary>Rows of the prompt.</summary>
    public int PromptRows => Groups[0].PromptRows;

    /// <summary>
    /// Tokens that the layers of a group hold of the first <paramref name="rows"/> rows of a sequence: behind the last row that could be
    /// dropped, those but for the dropped ones.
    /// </summary>
    public int Slots(int group, int rows) => rows - (PromptRows - Groups[group].PromptRows);

    /// <summary>All layers hold the whole sequence.</summary>
    public static KvLayout Uniform(DecoderShape shape, int promptRows, int slots, NumberFormat format) =>
        new([new KvGroup(0, shape.Layers, promptRows, slots)], BytesOf(shape, format));

    /// <summary>Bytes of one token in one layer.</summary>
    public static int BytesOf(DecoderShape shape, NumberFormat format) => 2 * shape.KvWidth * format.Bytes();
}
