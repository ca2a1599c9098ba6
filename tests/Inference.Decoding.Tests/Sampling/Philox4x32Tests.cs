using Inference.Decoding.Sampling;

namespace Inference.Decoding.Tests.Sampling;

public sealed class Philox4x32Tests
{
    // The known answers published with Random123 (kat_vectors, philox4x32 10).
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(
        0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Blocks_equal_the_published_known_answers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint x0, uint x1, uint x2, uint x3) =>
        Assert.Equal((x0, x1, x2, x3), Philox4x32.Block((c0, c1, c2, c3), k0, k1));

    [Fact]
    public void Uniform_numbers_lie_in_the_unit_interval_and_fill_it_evenly()
    {
        int[] buckets = new int[10];
        for (ulong position = 0; position < 10_000; position++)
        {
            double u = Philox4x32.Uniform(7, position);
            Assert.InRange(u, 0, 0.9999999999999999);
            buckets[(int)(u * 10)]++;
        }
        Assert.All(buckets, count => Assert.InRange(count, 880, 1120));
    }

    [Fact]
    public void Seeds_and_positions_beyond_32_bits_count() =>
        Assert.Equal(4, new[]
        {
            Philox4x32.Uniform(1, 1), Philox4x32.Uniform(1UL << 40, 1), Philox4x32.Uniform(1, 1UL << 40),
            Philox4x32.Uniform(1UL << 40, 1UL << 40),
        }.Distinct().Count());
}
