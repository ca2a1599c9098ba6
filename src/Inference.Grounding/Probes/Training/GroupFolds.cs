using Inference.Decoding.Sampling;

namespace Inference.Grounding.Probes.Training;

/// <summary>Cross-validation in which all that belongs to one group is held out together.</summary>
internal static class GroupFolds
{
    /// <summary>Folds of a cross-validation.</summary>
    public const int Count = 5;

    /// <summary>
    /// The fold of each item, a function of its group and the seed alone: lists of different items about the same groups are parted
    /// alike.
    /// </summary>
    public static int[] Of(IReadOnlyList<int> groups, ulong seed) =>
        [.. groups.Select(group => (int)(Philox4x32.Uniform(seed, (ulong)group, 3) * Count))];
}
