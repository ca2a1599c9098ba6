namespace Inference.Decoding.Sampling;

/// <summary>
/// Philox4x32-10, a counter-based generator: the random numbers of a position are a pure function of (seed, position), so they do not
/// depend on what else ran before. Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
public static class Philox4x32
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>The block of four words at <paramref name="counter"/> under the key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block((uint X0, uint X1, uint X2, uint X3) counter, uint key0, uint key1)
    {
        (uint x0, uint x1, uint x2, uint x3) = counter;
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)Multiplier0 * x0, product1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ key0, (uint)product1, (uint)(product0 >> 32) ^ x3 ^ key1, (uint)product0);
            key0 = unchecked(key0 + Weyl0);
            key1 = unchecked(key1 + Weyl1);
        }
        return (x0, x1, x2, x3);
    }

    /// <summary>A number in [0, 1) with 53 random bits: the draw of that position of that seed.</summary>
    /// <param name="seed">Key.</param>
    /// <param name="position">Counter.</param>
    /// <param name="stream">Draws of one position that must not depend on each other; 0 is that of the token.</param>
    public static double Uniform(ulong seed, ulong position, uint stream = 0)
    {
        (uint x0, uint x1, _, _) = Block(((uint)position, (uint)(position >> 32), stream, 0), (uint)seed, (uint)(seed >> 32));
        return ((((ulong)x1 << 32) | x0) >> 11) * (1.0 / (1UL << 53));
    }
}
