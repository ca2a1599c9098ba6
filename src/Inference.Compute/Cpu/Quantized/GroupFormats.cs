namespace Inference.Compute.Cpu;

/// <summary>What tells quantised formats apart, as constants: code for the others is not generated.</summary>
internal interface IGroupFormat
{
    /// <summary>Bits of an integer.</summary>
    static abstract int Bits { get; }

    /// <summary>Whether a group has an offset beside its scale.</summary>
    static abstract bool HasOffset { get; }
}

/// <summary><see cref="NumberFormat.Int8"/>.</summary>
internal readonly struct Int8Groups : IGroupFormat
{
    public static int Bits => 8;

    public static bool HasOffset => false;
}

/// <summary><see cref="NumberFormat.Int4"/>.</summary>
internal readonly struct Int4Groups : IGroupFormat
{
    public static int Bits => 4;

    public static bool HasOffset => false;
}

/// <summary><see cref="NumberFormat.Int4Asymmetric"/>.</summary>
internal readonly struct Int4OffsetGroups : IGroupFormat
{
    public static int Bits => 4;

    public static bool HasOffset => true;
}
