namespace Inference.Decoding.Pruning;

/// <summary>The rows that are still being worked on.</summary>
internal sealed class HiddenChangeRank : Ranking
{
    public override string Name => "v2drop";

    public override string Summary => "Keeps the rows that the block that ran last moved furthest (L2 distance); lazy ones go.";

    public override string Paper => "Chen et al., Variation-aware Vision Token Dropping (V2Drop), CVPR 2026";

    public override RankingInput Input => RankingInput.HiddenChange;

    public override int[] Keep(RankedRows rows, int count) => KeptRows.Largest(rows.Scores, count);
}
