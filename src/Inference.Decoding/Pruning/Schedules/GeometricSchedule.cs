using System.Globalization;

namespace Inference.Decoding.Pruning;

/// <summary>
/// PyramidDrop's schedule (Xing et al. 2024, arXiv 2410.17247): stages at even distances, each keeping <paramref name="Lambda"/> of what
/// the one before kept. Three stages with 0.5 on 32 blocks are 8:.5,16:.25,24:.125, which the paper calls four stages, for it counts the
/// undropped one.
/// </summary>
/// <param name="Lambda">Share, in (0, 1].</param>
/// <param name="Stages">Number of stages, up to L − 1.</param>
public sealed record GeometricSchedule(double Lambda, int Stages = PruningSchedule.DefaultStages) : PruningSchedule
{
    /// <inheritdoc/>
    public override IReadOnlyList<PruningStage> Resolve(int layers)
    {
        Check();
        CheckStages("geometric", Stages, layers);
        return [.. Enumerable.Range(1, Stages).Select(i => new PruningStage((int)((long)layers * i / (Stages + 1)), Math.Pow(Lambda, i)))];
    }

    /// <inheritdoc/>
    public override void Check()
    {
        if (!(Lambda is > 0 and <= 1))
        {
            throw new PruningException("geometric.lambda", Lambda.ToString(CultureInfo.InvariantCulture), "above 0, up to 1");
        }

        CheckStages("geometric", Stages, layers: null);
    }
}
