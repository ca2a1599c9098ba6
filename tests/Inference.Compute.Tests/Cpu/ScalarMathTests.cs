using Inference.Compute.Cpu;

namespace Inference.Compute.Tests.Cpu;

public sealed class ScalarMathTests
{
    [Fact]
    public void Exp_is_within_two_units_in_the_last_place()
    {
        for (var x = -87.3f; x < 88.7f; x += 0.00371f)
        {
            var expected = Math.Exp(x);
            var unit = MathF.BitIncrement((float)expected) - (float)expected;
            var found = ScalarMath.Exp(x);
            Assert.True(Math.Abs(found - expected) <= 2.0 * unit, $"exp({x:R}) is {found:R}, expected {expected:R}");
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-200f, 0f)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(100f, float.PositiveInfinity)]
    [InlineData(float.NaN, float.NaN)]
    [InlineData(-100f, 3.78e-44f)]
    public void Exp_has_the_right_limits(float x, float expected) => Assert.Equal(expected, ScalarMath.Exp(x));

    [Theory]
    [InlineData(-12f, 12f)]
    [InlineData(-0.01f, 0.01f)]
    public void Activations_are_within_rounding_of_their_definitions(float from, float to)
    {
        for (var i = 0; i <= 20000; i++)
        {
            var x = from + ((to - from) * i / 20000);
            Close(x * 0.5 * Erfc(-x / Math.Sqrt(2)), ScalarMath.Gelu(x), x, "gelu");
            Close(0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))), ScalarMath.GeluTanh(x), x, "gelu tanh");
            Close(x / (1 + Math.Exp(-1.702 * x)), ScalarMath.SigmoidUnit(x, 1.702f), x, "quick gelu");
            Close(x / (1 + Math.Exp(-x)), ScalarMath.SigmoidUnit(x, 1f), x, "silu");
        }
    }

    [Fact]
    public void Binary16_widens_exactly()
    {
        for (var bits = 0; bits < 0x10000; bits++)
        {
            var half = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsFinite(half))
                Assert.Equal(BitConverter.SingleToInt32Bits((float)half), BitConverter.SingleToInt32Bits(Widen.Float16((uint)bits)));
        }
    }

    private static void Close(double expected, float found, float x, string what)
    {
        var tolerance = 5e-7 * Math.Max(Math.Abs(expected), Math.Abs(x) * 0.25);
        Assert.True(Math.Abs(expected - found) <= tolerance, $"{what}({x:R}) is {found:R}, expected {expected:R}");
    }

    // Series near zero, continued fraction outside (Abramowitz and Stegun 7.1.6, 7.1.14), to about 1e-14.
    private static double Erfc(double z)
    {
        if (z < 0)
            return 2 - Erfc(-z);
        if (z < 2.5)
        {
            double term = z, sum = z;
            for (var n = 1; n < 80; n++)
            {
                term *= 2 * z * z / ((2 * n) + 1);
                sum += term;
            }

            return 1 - (2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum);
        }

        var fraction = 0.0;
        for (var n = 120; n >= 1; n--)
            fraction = n / 2.0 / (z + fraction);
        return Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction);
    }
}
