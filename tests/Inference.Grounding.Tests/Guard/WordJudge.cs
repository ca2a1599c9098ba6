using Inference.Grounding.Guard;

namespace Inference.Grounding.Tests.Guard;

/// <summary>Scores segments by their words, so that a test knows what is rejected.</summary>
internal sealed class WordJudge(Func<string, double?> score) : ISegmentJudge
{
    public Task<SegmentScore> JudgeAsync(Segment segment, CancellationToken cancellationToken) =>
        Task.FromResult(SegmentScore.None with { Score = score(segment.Text) });

    /// <summary>Rejects segments with a word.</summary>
    public static WordJudge Against(string word) => new(text => text.Contains(word, StringComparison.Ordinal) ? 0.9 : 0.1);
}
