namespace Inference.Compute.Cpu;

/// <summary>Finds the instance of <see cref="MicroKernel"/> for a vector width, a format and a number of rows.</summary>
internal static unsafe class MicroKernels
{
    /// <summary>Rows of a full tile: what the registers hold.</summary>
    public static int Rows(VectorWidth width) => width == VectorWidth.Vector512 ? MostRows : MostRows / 2;

    /// <summary>Most rows of a tile at any width.</summary>
    public const int MostRows = 12;

    /// <summary>Columns of one half of a panel that a tile covers.</summary>
    public static int Columns(VectorWidth width) => (int)width / 32;

    /// <summary>The kernel for <paramref name="rows"/> rows packed [k][rows].</summary>
    public static TileKernel Packed(VectorWidth width, NumberFormat format, int rows) => format switch
    {
        NumberFormat.F32 => ForWidth<SinglePanel, Interleaved>(width, rows),
        NumberFormat.BF16 => ForWidth<BFloat16Panel, Interleaved>(width, rows),
        NumberFormat.Int4Asymmetric => Groups<Int4OffsetGroups>(width, rows),
        // Widened, integers of 8 and of 4 bits are alike.
        NumberFormat.Int8 or NumberFormat.Int4 => Groups<Int8Groups>(width, rows),
        _ => ForWidth<Float16Panel, Interleaved>(width, rows),
    };

    /// <summary>The kernel for rows laid out [rows][32] and panels of float32 or bfloat16.</summary>
    public static TileKernel Page(VectorWidth width, NumberFormat format, int rows) => format == NumberFormat.BF16
        ? ForWidth<BFloat16Panel, PageRows>(width, rows)
        : ForWidth<SinglePanel, PageRows>(width, rows);

    private static TileKernel Groups<TFormat>(VectorWidth width, int rows)
        where TFormat : IGroupFormat => width switch
        {
            VectorWidth.Vector512 => Groups<Pairs512, TFormat>(rows),
            VectorWidth.Vector256 => Groups<Pairs256, TFormat>(rows),
            _ => Groups<Pairs128, TFormat>(rows),
        };

    private static TileKernel Groups<T, TFormat>(int rows)
        where T : unmanaged, IPairs<T>
        where TFormat : IGroupFormat => rows switch
        {
            1 => &GroupMicroKernel.Run<T, Count1, TFormat>,
            2 => &GroupMicroKernel.Run<T, Count2, TFormat>,
            3 => &GroupMicroKernel.Run<T, Count3, TFormat>,
            4 => &GroupMicroKernel.Run<T, Count4, TFormat>,
            5 => &GroupMicroKernel.Run<T, Count5, TFormat>,
            6 => &GroupMicroKernel.Run<T, Count6, TFormat>,
            7 => &GroupMicroKernel.Run<T, Count7, TFormat>,
            8 => &GroupMicroKernel.Run<T, Count8, TFormat>,
            9 => &GroupMicroKernel.Run<T, Count9, TFormat>,
            10 => &GroupMicroKernel.Run<T, Count10, TFormat>,
            11 => &GroupMicroKernel.Run<T, Count11, TFormat>,
            _ => &GroupMicroKernel.Run<T, Count12, TFormat>,
        };

    private static TileKernel ForWidth<TFormat, TLayout>(VectorWidth width, int rows)
        where TFormat : IPanelFormat
        where TLayout : ITileLayout => width switch
        {
            VectorWidth.Vector512 => ForRows<Simd512, TFormat, TLayout>(rows),
            VectorWidth.Vector256 => ForRows<Simd256, TFormat, TLayout>(rows),
            _ => ForRows<Simd128, TFormat, TLayout>(rows),
        };

    private static TileKernel ForRows<T, TFormat, TLayout>(int rows)
        where T : unmanaged, ISimd<T>
        where TFormat : IPanelFormat
        where TLayout : ITileLayout => rows switch
        {
            1 => &MicroKernel.Run<T, Count1, TFormat, TLayout>,
            2 => &MicroKernel.Run<T, Count2, TFormat, TLayout>,
            3 => &MicroKernel.Run<T, Count3, TFormat, TLayout>,
            4 => &MicroKernel.Run<T, Count4, TFormat, TLayout>,
            5 => &MicroKernel.Run<T, Count5, TFormat, TLayout>,
            6 => &MicroKernel.Run<T, Count6, TFormat, TLayout>,
            7 => &MicroKernel.Run<T, Count7, TFormat, TLayout>,
            8 => &MicroKernel.Run<T, Count8, TFormat, TLayout>,
            9 => &MicroKernel.Run<T, Count9, TFormat, TLayout>,
            10 => &MicroKernel.Run<T, Count10, TFormat, TLayout>,
            11 => &MicroKernel.Run<T, Count11, TFormat, TLayout>,
            _ => &MicroKernel.Run<T, Count12, TFormat, TLayout>,
        };
}
