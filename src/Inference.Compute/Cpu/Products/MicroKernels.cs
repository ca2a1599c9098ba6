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
        NumberFormat.Int8 or NumberFormat.Int4 => Groups(width, rows),
        _ => ForWidth<Float16Panel, Interleaved>(width, rows),
    };

    /// <summary>The float32 kernel for rows laid out [rows][32].</summary>
    public static TileKernel Page(VectorWidth width, int rows) =>
        ForWidth<SinglePanel, PageRows>(width, rows);

    private static TileKernel Groups(VectorWidth width, int rows) => width switch
    {
        VectorWidth.Vector512 => Groups<Pairs512>(rows),
        VectorWidth.Vector256 => Groups<Pairs256>(rows),
        _ => Groups<Pairs128>(rows),
    };

    private static TileKernel Groups<T>(int rows)
        where T : unmanaged, IPairs<T> => rows switch
        {
            1 => &GroupMicroKernel.Run<T, Count1>,
            2 => &GroupMicroKernel.Run<T, Count2>,
            3 => &GroupMicroKernel.Run<T, Count3>,
            4 => &GroupMicroKernel.Run<T, Count4>,
            5 => &GroupMicroKernel.Run<T, Count5>,
            6 => &GroupMicroKernel.Run<T, Count6>,
            7 => &GroupMicroKernel.Run<T, Count7>,
            8 => &GroupMicroKernel.Run<T, Count8>,
            9 => &GroupMicroKernel.Run<T, Count9>,
            10 => &GroupMicroKernel.Run<T, Count10>,
            11 => &GroupMicroKernel.Run<T, Count11>,
            _ => &GroupMicroKernel.Run<T, Count12>,
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
