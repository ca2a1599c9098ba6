namespace Inference.Grounding.Answers;

/// <summary>
/// Seeds of samples that a method draws beside the request's own: a function of the request's seed and of what they are for, nothing else.
/// </summary>
public static class DerivedSeeds
{
    /// <summary>The seed of a sample.</summary>
    /// <param name="seed">The request's.</param>
    /// <param name="purpose">Numbers that name the sample: sentence, attempt, alternative.</param>
    public static ulong Of(ulong seed, params ReadOnlySpan<int> purpose)
    {
        var state = Mix(seed);
        foreach (var part in purpose)
        {
            state = Mix(state ^ (uint)part);
        }

        return state;
    }

    // SplitMix64 (Steele, Lea and Flood, 2014).
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
