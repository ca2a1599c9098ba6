namespace Inference.Models.Checkpoints;

/// <summary>A mapped file that holds tensors.</summary>
internal interface IWeightFile : IDisposable
{
    /// <summary>File name without its folder.</summary>
    string Name { get; }

    /// <summary>Bytes of the whole file.</summary>
    long Length { get; }

    /// <summary>What stands before the data.</summary>
    ReadOnlySpan<byte> Header { get; }

    /// <summary>The tensors in the order of the file.</summary>
    IReadOnlyList<TensorView> Tensors { get; }

    /// <summary>Gives all mapped pages back to the system.</summary>
    void Release();
}
