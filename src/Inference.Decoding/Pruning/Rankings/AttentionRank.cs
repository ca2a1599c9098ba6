namespace Inference.Decoding.Pruning;

/// <summary>The rows that the end of the prompt looks at most.</summary>
internal sealed class AttentionRank : Ranking
{
    public override string Name => "attention";

    public override string Summary => "Keeps what the prompt's last token attends to most in the block that runs next, mean over heads.";

    public override string Paper => "Xing et al., PyramidDrop, CVPR 2025 (arXiv 2410.17247)";

    public override RankingInput Input => RankingInput.Attention;

    public override bool LooksAtQuestion => true;

    public override int[] Keep(RankedRows rows, int count) => KeptRows.Largest(rows.Scores, count);
}
