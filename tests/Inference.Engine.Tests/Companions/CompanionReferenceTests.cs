using Inference.Decoding.Sampling;
using Inference.Models.Prompts;

namespace Inference.Engine.Tests.Companions;

/// <summary>Strategies with companions beside their formulas, worked out from the logits of two plain requests a token.</summary>
public sealed class CompanionReferenceTests
{
    private const int Tokens = 12;
    private const double Tolerance = 2e-4;

    [Theory]
    [InlineData(1, 0.1)]
    [InlineData(0.5, 0.3)]
    [InlineData(2, 0)]
    public async Task Vcd_scores_are_those_of_two_plain_requests(double alpha, double cutOff)
    {
        using var fixture = new CompanionFixture();
        var (ids, scores) = await Traced(fixture, FormattableString.Invariant($"vcd alpha={alpha} relative-top={cutOff}"));
        for (var t = 0; t < Tokens; t++)
        {
            var clear = await Logits(fixture, fixture.Prompt, [fixture.Image], ids[..t]);
            var noised = await Logits(fixture, fixture.Prompt, [fixture.Noised], ids[..t]);
            var expected = new double[clear.Length];
            var least = clear.Max() + Math.Log(cutOff);
            for (var id = 0; id < expected.Length; id++)
            {
                expected[id] = clear[id] >= least ? ((1 + alpha) * clear[id]) - (alpha * noised[id]) : ArgMax.Excluded;
            }

            AssertClose(expected, scores[t]);
            Assert.Equal(Array.IndexOf(expected, expected.Max()), ids[t]);
        }
    }

    [Theory]
    [InlineData(0.1, 1, 0)]
    [InlineData(0.02, 0.3, 5)]
    [InlineData(0.3, 0.004, 2)]
    public async Task M3id_scores_are_those_of_two_plain_requests(double lambda, double alpha, int offset)
    {
        using var fixture = new CompanionFixture();
        var (ids, scores) = await Traced(fixture, FormattableString.Invariant($"m3id lambda={lambda} alpha={alpha} offset={offset}"));
        for (var t = 0; t < Tokens; t++)
        {
            var seen = LogProbabilities(await Logits(fixture, fixture.Prompt, [fixture.Image], ids[..t]));
            var unseen = LogProbabilities(await Logits(fixture, fixture.Prompt.WithoutImages(), [], ids[..t]));
            var kept = Math.Exp(-lambda * (t + offset));
            var weight = seen.Max() < Math.Log(alpha) ? (1 - kept) / kept : 0;
            double[] expected = [.. seen.Zip(unseen, (with, without) => with + (weight * (with - without)))];
            // Scores are free up to a constant.
            var shift = scores[t][0] - expected[0];
            AssertClose([.. expected.Select(score => score + shift)], scores[t]);
            Assert.Equal(Array.IndexOf(expected, expected.Max()), ids[t]);
        }
    }

    private static async Task<(int[] Ids, float[][] Scores)> Traced(CompanionFixture fixture, string strategy)
    {
        var trace = new RecordingTrace();
        var answer = await fixture.Run(fixture.Request(strategy, EngineFixture.Greedy(Tokens)) with { Trace = trace });
        return (answer.Ids, [.. trace["scores"].Chunk(fixture.Base.DecoderShape.Vocabulary)]);
    }

    private static async Task<float[]> Logits(CompanionFixture fixture, EncodedPrompt prompt, EngineImage[] images, int[] answer)
    {
        var request = fixture.Base.Request(prompt, EngineFixture.Greedy(answer.Length + 1), images) with { Continuation = answer };
        return (await fixture.Trace(request))["scores"];
    }

    private static double[] LogProbabilities(float[] logits)
    {
        var sum = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return [.. logits.Select(logit => logit - sum)];
    }

    private static void AssertClose(double[] expected, float[] actual)
    {
        var largest = expected.Where(score => score > ArgMax.Excluded).Max(Math.Abs);
        for (var id = 0; id < expected.Length; id++)
        {
            Assert.Equal(expected[id], actual[id], Tolerance * largest);
        }
    }
}
