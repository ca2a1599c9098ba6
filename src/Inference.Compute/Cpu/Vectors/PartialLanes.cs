namespace Inference.Compute.Cpu;

/// <summary>The last, incomplete chunk of a row.</summary>
internal static unsafe class PartialLanes
{
    /// <summary>Loads <paramref name="count"/> numbers; missing lanes hold <paramref name="fill"/>.</summary>
    public static T Load<T>(float* source, int count, float fill)
        where T : unmanaged, ISimd<T>
    {
        var chunk = stackalloc float[ScalarSums.Lanes];
        for (var i = 0; i < ScalarSums.Lanes; i++)
            chunk[i] = i < count ? source[i] : fill;
        return T.Load(chunk);
    }

    /// <summary>Stores the first <paramref name="count"/> lanes.</summary>
    public static void Store<T>(T value, float* destination, int count)
        where T : unmanaged, ISimd<T>
    {
        var chunk = stackalloc float[ScalarSums.Lanes];
        T.Store(value, chunk);
        for (var i = 0; i < count; i++)
            destination[i] = chunk[i];
    }
}
