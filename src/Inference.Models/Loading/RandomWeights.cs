using Inference.Compute;

namespace Inference.Models.Loading;

/// <summary>A stream of weights, uniform around 0, that are numbers of a format: what becomes integers is drawn as bfloat16.</summary>
/// <param name="format">How the weights will be held.</param>
/// <param name="seed">The same seed gives the same weights.</param>
internal sealed class RandomWeights(NumberFormat format, int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>The format they are drawn in.</summary>
    public NumberFormat Source { get; } = format.IsQuantized() ? NumberFormat.BF16 : format;

    /// <summary>Width of the range whose variance is 1 / inputs.</summary>
    public static float Range(int inputs) => MathF.Sqrt(12f / inputs);

    /// <summary>The next weight.</summary>
    public float Next(float range)
    {
        var value = (Uniform() - 0.5f) * range;
        return Source switch
        {
            NumberFormat.F32 => value,
            NumberFormat.BF16 => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF0000),
            _ => (float)(Half)value,
        };
    }

    // SplitMix64 (Steele, Lea and Flood 2014), upper 24 bits as [0, 1).
    private float Uniform()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 40) * (1f / (1 << 24));
    }
}
