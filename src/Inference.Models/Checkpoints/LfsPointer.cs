namespace Inference.Models.Checkpoints;

/// <summary>The few lines that Git LFS leaves in place of a large file until it is fetched (https://github.com/git-lfs/git-lfs, docs/spec.md).</summary>
internal static class LfsPointer
{
    /// <summary>What is wrong with such a file and what helps.</summary>
    public const string Problem = "a Git LFS pointer found in place of the file; fetch it with git lfs pull, or download the file itself";

    /// <summary>The specification keeps pointers below this length.</summary>
    public const int LengthLimit = 1024;

    /// <summary>Whether a whole file is a pointer.</summary>
    /// <param name="content">All of it.</param>
    public static bool Is(ReadOnlySpan<byte> content) =>
        content.Length < LengthLimit && content.StartsWith("version https://git-lfs.github.com/spec/"u8);
}
