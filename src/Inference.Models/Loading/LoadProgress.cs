namespace Inference.Models;

/// <summary>How much of a checkpoint has been packed.</summary>
/// <param name="Done">Bytes of weights packed.</param>
/// <param name="Total">Bytes of all weight files.</param>
public readonly record struct LoadProgress(long Done, long Total);
