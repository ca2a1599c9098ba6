using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

public sealed class LogprobsTests
{
    [Fact]
    public void Logprobs_are_the_log_softmax_of_the_logits()
    {
        float[] logits = [1, 2, 3, float.NegativeInfinity];
        double sum = Math.Exp(1) + Math.Exp(2) + Math.Exp(3);
        TokenLogprob[] top = new TokenLogprob[2];
        Assert.Equal((float)(1 - Math.Log(sum)), Logprobs.Compute(logits, 0, top), 1e-6f);
        Assert.Equal(2, top[0].Id);
        Assert.Equal((float)(3 - Math.Log(sum)), top[0].Logprob, 1e-6f);
        Assert.Equal(1, top[1].Id);
        Assert.Equal(float.NegativeInfinity, Logprobs.Compute(logits, 3, []));
    }

    [Fact]
    public void Best_tokens_come_in_descending_order_and_ties_to_the_lower_id()
    {
        float[] logits = [.. Enumerable.Range(0, 300).Select(i => (float)(i * 7919 % 23))];
        TokenLogprob[] top = new TokenLogprob[20];
        Logprobs.Compute(logits, 0, top);
        Assert.Equal(Enumerable.Range(0, 300).OrderByDescending(i => logits[i]).ThenBy(i => i).Take(20), top.Select(t => t.Id));
        Assert.Equal(top.Select(t => t.Logprob).OrderDescending(), top.Select(t => t.Logprob));
    }

    [Fact]
    public void Large_logits_do_not_overflow()
    {
        Assert.Equal(-MathF.Log(2), Logprobs.Compute([30000f, 30000f], 1, []), 1e-6f);
        Assert.Equal(0f, Logprobs.Compute([30000f, -30000f], 0, []));
    }

    [Fact]
    public void Tokens_by_name_have_the_logprobs_they_have_one_by_one()
    {
        float[] logits = [1, 2, 3, float.NegativeInfinity], found = new float[3];
        Logprobs.Compute(logits, [3, 0, 2], found);
        Assert.Equal([float.NegativeInfinity, Logprobs.Compute(logits, 0, []), Logprobs.Compute(logits, 2, [])], found);
    }

    [Fact]
    public void A_list_as_long_as_the_vocabulary_holds_every_token()
    {
        TokenLogprob[] top = new TokenLogprob[3];
        Logprobs.Compute([0f, 2f, 1f], 0, top);
        Assert.Equal([1, 2, 0], top.Select(t => t.Id));
        Assert.Equal(1, top.Sum(t => Math.Exp(t.Logprob)), 1e-6);
    }
}
