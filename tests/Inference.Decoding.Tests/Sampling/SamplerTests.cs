using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

public sealed class SamplerTests
{
    [Fact]
    public void The_tokens_left_in_the_draw_are_those_that_transformers_keeps()
    {
        foreach (WarperCase c in WarperCase.Load())
        {
            float[] scores = [.. c.Logits];
            RepetitionPenalty penalty = new(c.Parameters.RepetitionPenalty, scores.Length);
            foreach (int id in c.Seen) penalty.Observe(id);
            penalty.Apply(scores);
            Candidates candidates = new(scores.Length);
            candidates.Load(scores, c.Parameters.Temperature);
            candidates.KeepTopK(c.Parameters.TopK);
            candidates.KeepTopP(c.Parameters.TopP);
            candidates.KeepMinP(c.Parameters.MinP);
            Assert.Equal(c.Kept, candidates.Ids.ToArray());
        }
    }

    [Fact]
    public void Tokens_are_drawn_as_often_as_transformers_probabilities_say()
    {
        const int Draws = 4000;
        foreach (WarperCase c in WarperCase.Load())
        {
            int[] counts = new int[c.Logits.Length];
            // A new sampler a draw: otherwise a drawn token would be penalised in the next.
            Candidates scratch = new(c.Logits.Length);
            for (int position = 0; position < Draws; position++)
            {
                Sampler sampler = new(c.Parameters, c.Logits.Length, scratch);
                sampler.ObservePrompt(c.Seen, imageTokenId: -1);
                counts[sampler.Sample([.. c.Logits], position)]++;
            }
            for (int i = 0; i < c.Kept.Length; i++)
            {
                double deviation = Math.Sqrt(c.Probabilities[i] * (1 - c.Probabilities[i]) / Draws);
                Assert.InRange(
                    counts[c.Kept[i]] / (double)Draws, c.Probabilities[i] - 5 * deviation - 1e-6,
                    c.Probabilities[i] + 5 * deviation + 1e-6);
            }
            Assert.Equal(Draws, c.Kept.Sum(id => counts[id]));
        }
    }

    [Fact]
    public void A_seed_gives_the_same_tokens_whoever_shares_the_scratch_memory()
    {
        float[] logits = [.. Enumerable.Range(0, 500).Select(i => MathF.Sin(i * 1.7f) * 3)];
        SamplingParameters parameters = new() { DoSample = true, Seed = 42, TopP = 0.9f, RepetitionPenalty = 1.2f };
        Candidates shared = new(500);
        Sampler alone = new(parameters, 500), together = new(parameters, 500, shared),
            other = new(parameters with { Seed = 43, TopP = 1 }, 500, shared);
        List<int> first = [], second = [], third = [];
        for (int position = 0; position < 50; position++)
        {
            first.Add(alone.Sample([.. logits], position));
            third.Add(other.Sample([.. logits], position));
            second.Add(together.Sample([.. logits], position));
        }
        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
    }

    [Theory]
    [InlineData(new[] { 1f, 3f, 3f, 2f }, 1)]
    [InlineData(new[] { float.NegativeInfinity, -5f, -1e30f }, 1)]
    [InlineData(new[] { -0f, 0f }, 0)]
    public void Greedy_takes_the_best_score_and_of_equal_ones_the_lower_id(float[] scores, int expected)
    {
        Assert.Equal(expected, new Sampler(new SamplingParameters(), scores.Length).Sample([.. scores], 0));
        Assert.Equal(
            expected,
            new Sampler(new SamplingParameters { DoSample = true, TopK = 1, Temperature = 0 }, scores.Length).Sample([.. scores], 0));
    }

    [Fact]
    public void Greedy_sees_the_repetition_penalty_of_text_tokens_but_not_of_image_tokens()
    {
        Sampler sampler = new(new SamplingParameters { RepetitionPenalty = 2 }, 4);
        sampler.ObservePrompt([3, 0, 3], imageTokenId: 3);
        Assert.Equal(3, sampler.Sample([5f, 1f, -1f, 4f], 0));
        // Token 3 was generated and counts from now on; 0 was in the prompt: 2.5, 1, -1, 2.
        Assert.Equal(0, sampler.Sample([5f, 1f, -1f, 4f], 1));
        Assert.Equal(2, sampler.Sample([-3f, -5f, -4f, -2.5f], 2));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_penalty_below_one_does_not_bring_an_excluded_token_back(int excluded)
    {
        Sampler sampler = new(new SamplingParameters { DoSample = true, RepetitionPenalty = 0.5f }, 3);
        sampler.Observe(excluded);
        float[] scores = [-2f, -2f, -2f];
        scores[excluded] = -1e30f;
        for (int position = 0; position < 20; position++) Assert.NotEqual(excluded, sampler.Sample([.. scores], position));
    }

    [Theory]
    [InlineData(new[] { 1f, float.NaN })]
    [InlineData(new[] { 1f, float.PositiveInfinity })]
    [InlineData(new[] { float.NegativeInfinity, -1e30f })]
    public void Scores_no_token_can_be_chosen_from_are_refused(float[] scores)
    {
        Assert.Throws<SamplingException>(() => new Sampler(new SamplingParameters(), 2).Sample([.. scores], 0));
        Assert.Throws<SamplingException>(() => new Sampler(new SamplingParameters { DoSample = true }, 2).Sample([.. scores], 0));
    }

    [Fact]
    public void Choosing_a_token_allocates_nothing()
    {
        float[] logits = [.. Enumerable.Range(0, 2000).Select(i => MathF.Cos(i) * 4)], scores = new float[2000];
        Sampler sampler = new(
            new SamplingParameters { DoSample = true, TopK = 50, TopP = 0.9f, MinP = 0.01f, RepetitionPenalty = 1.1f }, 2000);
        logits.CopyTo(scores, 0);
        sampler.Sample(scores, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int position = 1; position < 20; position++)
        {
            logits.CopyTo(scores, 0);
            sampler.Sample(scores, position);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
