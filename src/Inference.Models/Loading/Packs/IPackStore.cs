using Inference.Compute;

namespace Inference.Models.Loading;

/// <summary>Packed matrices in a file, by name. What it gave lives as long as it does.</summary>
internal interface IPackStore : IDisposable
{
    /// <summary>The file, or null where it was given up.</summary>
    string? Path { get; }

    /// <summary>The matrix of that name and shape, or null.</summary>
    PackedMatrix? Find(string name, int outputs, int inputs, NumberFormat format);

    /// <summary>Takes a matrix that was packed; the caller goes on with the one that is returned and disposes only that.</summary>
    PackedMatrix Keep(string name, PackedMatrix packed);

    /// <summary>All matrices are there: other processes may use them.</summary>
    void Complete();
}
