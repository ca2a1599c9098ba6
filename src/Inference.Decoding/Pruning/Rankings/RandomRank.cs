using Inference.Decoding.Sampling;

namespace Inference.Decoding.Pruning;

/// <summary>
/// A draw without replacement. A row's lot depends on seed, image and its place in the image alone, so deeper stages go on dropping along
/// one order.
/// </summary>
internal sealed class RandomRank : Ranking
{
    public override string Name => "random";

    public override string Summary => "Keeps rows drawn by the seed: a baseline.";

    public override string Paper => "baseline";

    public override RankingInput Input => RankingInput.None;

    public override bool IsSeeded => true;

    public override int[] Keep(RankedRows rows, int count)
    {
        var lots = new float[rows.Offsets.Length];
        for (var i = 0; i < lots.Length; i++)
        {
            lots[i] = (float)Philox4x32.Uniform(rows.Seed, (uint)rows.Offsets[i], (uint)rows.Image);
        }

        return KeptRows.Largest(lots, count);
    }
}
