using System.Runtime.InteropServices;
using Inference.Compute;
using Inference.Testing;

namespace Inference.Models.Tests.Golden;

/// <summary>Models whose decoder was rounded while it was loaded.</summary>
public sealed class QuantizedModelTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(5, 40)];

    [Theory]
    [InlineData(NumberFormat.F32, 0f)]
    [InlineData(NumberFormat.BF16, 0.01f)]
    [InlineData(NumberFormat.F16, 0.001f)]
    [InlineData(NumberFormat.Int8, 0.04f)]
    [InlineData(NumberFormat.Int4, 0.6f)]
    public void The_first_block_stays_as_near_to_the_stored_weights_as_the_format_allows(NumberFormat weights, float share)
    {
        using var stored = new GoldenRun(Goldens.LlamaDeep);
        using var rounded = new GoldenRun(Goldens.LlamaDeep, weights: weights);
        stored.Feed(Tokens);
        rounded.Feed(Tokens);
        // Blocks of random weights amplify any difference, so that the last would say little.
        var (expected, found) = (stored.Hidden[1], rounded.Hidden[1]);
        Assert.Equal(weights, rounded.Decoder.WeightsFormat);
        var difference = expected.Zip(found, (a, b) => MathF.Abs(a - b)).Max();
        Assert.InRange(difference, 0, share * expected.Max(MathF.Abs));
    }

    [Theory]
    [InlineData(NumberFormat.Int8)]
    [InlineData(NumberFormat.Int4)]
    public void A_prompt_has_the_same_bits_in_one_piece_and_token_by_token_on_any_number_of_threads(NumberFormat weights)
    {
        using var whole = new GoldenRun(Goldens.LlamaDeep, threads: 2, weights);
        using var pieces = new GoldenRun(Goldens.LlamaDeep, threads: 1, weights);
        var together = whole.Feed(Tokens);
        float[] apart = [.. pieces.Feed(Tokens.AsSpan(0, 13)), .. Tokens.Skip(13).SelectMany(token => pieces.Feed([token]))];
        Assert.True(MemoryMarshal.AsBytes<float>(together).SequenceEqual(MemoryMarshal.AsBytes<float>(apart)));
    }

    [Fact]
    public void Fewer_bits_take_fewer_bytes()
    {
        long[] bytes = [.. new NumberFormat[] { NumberFormat.F32, NumberFormat.BF16, NumberFormat.Int8, NumberFormat.Int4 }.Select(format =>
        {
            using var run = new GoldenRun(Goldens.LlamaDeep, weights: format);
            return run.Decoder.WeightBytes;
        })];
        Assert.Equal(bytes.OrderDescending(), bytes);
        Assert.Equal(bytes.Length, bytes.Distinct().Count());
    }
}
