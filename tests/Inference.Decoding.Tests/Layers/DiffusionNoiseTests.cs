using Inference.Decoding.Layers;
using Inference.Models.Imaging;

namespace Inference.Decoding.Tests.Layers;

public sealed class DiffusionNoiseTests
{
    private const int Side = 64;

    [Theory]
    // Square roots of the cumulated products of the released schedule.
    [InlineData(0, 0.9999889)]
    [InlineData(500, 0.863017)]
    [InlineData(999, 0.285042)]
    public void The_signal_that_remains_is_that_of_the_released_schedule(int step, double signal)
    {
        var plain = DiffusionNoise.Apply(Constant(0), step, seed: 1);
        var shifted = DiffusionNoise.Apply(Constant(1), step, seed: 1);
        Assert.Equal(signal, shifted.Data[17] - plain.Data[17], 2e-4);
        var variance = plain.Data.Average(value => (double)value * value);
        Assert.Equal(1 - (signal * signal), variance, 0.03);
        Assert.Equal(0, plain.Data.Average(), 0.02);
    }

    [Fact]
    public void The_same_seed_draws_the_same_noise()
    {
        var first = DiffusionNoise.Apply(Constant(0), 500, seed: 3).Data;
        Assert.Equal(first, DiffusionNoise.Apply(Constant(0), 500, seed: 3).Data);
        Assert.NotEqual(first, DiffusionNoise.Apply(Constant(0), 500, seed: 4).Data);
    }

    private static PixelValues Constant(float value)
    {
        var data = new float[3 * Side * Side];
        data.AsSpan().Fill(value);
        return new PixelValues(1, 3, Side, Side, data, (Side, Side));
    }
}
