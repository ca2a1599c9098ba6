namespace Inference.Models.Tokenization.PreTokenizers;

/// <summary>What becomes of the matches of a Split; the names are the file's.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}
