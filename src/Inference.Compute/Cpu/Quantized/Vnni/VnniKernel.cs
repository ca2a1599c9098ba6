namespace Inference.Compute.Cpu;

/// <summary>
/// The inner product loop of quantised weights as machine code, for processors with AVX512_VNNI: .NET has no intrinsics for its
/// instructions, one of which does the work of four of <see cref="GroupMicroKernel"/>. Weights come as bytes without sign, so that what
/// they were raised by times the inputs is what the integer sums start from, below zero. Integers are exact and the scaling is the same
/// chain of operations: the same bits.
/// </summary>
internal static class VnniKernel
{
    /// <summary>Most rows of a tile: 24 sums of 32 registers.</summary>
    public const int MostRows = 12;

    // Groups ahead of which lines are asked for, where the kernel is too slow for the processor's own prefetchers to run far ahead.
    private const int GroupsAhead = 6;

    private const int FirstLow = 0;
    private const int FirstHigh = 12;
    private const int Low = 24;
    private const int High = 25;
    private const int LowWord = 26;
    private const int HighWord = 27;
    private const int Raise = 28;
    private const int Field = 29;
    private const int UpperHalf = 30;
    private const int Line = 64;
    private const int WordBytes = 2 * Line;
    private const int SumBytes = 2 * Line;

    /// <summary>What makes the integers of a format non-negative.</summary>
    public static int Offset(NumberFormat format) => format == NumberFormat.Int8 ? 128 : 8;

    /// <summary>
    /// Writes a function (rows, panel, groups, sums): sums [rows][32] get Σ dot · (row scale · output scale) over ascending groups of a
    /// panel as <see cref="GroupLayout"/> says, for <paramref name="rows"/> rows of <see cref="VnniRows"/>.
    /// </summary>
    public static void Write(EvexAssembler code, NumberFormat format, int rows)
    {
        code.Broadcast(Raise, format == NumberFormat.Int8 ? 0x80808080 : 0x88888888);
        code.Broadcast(Field, 0x0F0F0F0F);
        code.Broadcast(UpperHalf, 0xFFFF0000);
        code.Xor(Low, Low, Low);
        for (var half = 0; half < 2 * rows; half++)
            code.Store(Low, GeneralRegister.Rcx, half * Line);
        var loop = code.Position;
        for (var line = 0; IsSlow(format, rows) && line < GroupLayout.Bytes(format); line += Line)
            code.Prefetch(GeneralRegister.Rsi, (GroupsAhead * GroupLayout.Bytes(format)) + line);
        for (var row = 0; row < rows; row++)
        {
            code.Broadcast(FirstLow + row, GeneralRegister.Rdi, VnniRows.StartOffset(rows, row));
            code.Broadcast(FirstHigh + row, GeneralRegister.Rdi, VnniRows.StartOffset(rows, row));
        }

        for (var quad = 0; quad < VnniRows.Quads; quad++)
        {
            if (format == NumberFormat.Int8)
                LoadBytes(code, quad);
            else
                LoadNibbles(code, quad);
            for (var row = 0; row < rows; row++)
            {
                code.DotBytes(FirstLow + row, Low, GeneralRegister.Rdi, VnniRows.QuadOffset(rows, row, quad));
                code.DotBytes(FirstHigh + row, High, GeneralRegister.Rdi, VnniRows.QuadOffset(rows, row, quad));
            }
        }

        AddScaled(code, rows);
        code.Add(GeneralRegister.Rdi, VnniRows.GroupBytes * rows);
        code.Add(GeneralRegister.Rsi, GroupLayout.Bytes(format));
        code.CountDown(loop);
        code.Return();
    }

    // With less arithmetic for each line, asking for lines only takes the places of those that are on their way, at a tenth of the speed.
    private static bool IsSlow(NumberFormat format, int rows) => rows > GroupLayout.Bits(format) / 2;

    private static void LoadBytes(EvexAssembler code, int quad)
    {
        var word = GroupLayout.ScaleBytes + (quad * WordBytes);
        code.Xor(Low, Raise, GeneralRegister.Rsi, word);
        code.Xor(High, Raise, GeneralRegister.Rsi, word + Line);
    }

    // A word holds two quads: one in the lower fields of its bytes, the next in the upper ones.
    private static void LoadNibbles(EvexAssembler code, int quad)
    {
        if (quad % 2 == 0)
        {
            var word = GroupLayout.ScaleBytes + (quad / 2 * WordBytes);
            code.Xor(LowWord, Raise, GeneralRegister.Rsi, word);
            code.Xor(HighWord, Raise, GeneralRegister.Rsi, word + Line);
            code.And(Low, LowWord, Field);
            code.And(High, HighWord, Field);
            return;
        }

        code.ShiftRight(LowWord, LowWord, 4);
        code.ShiftRight(HighWord, HighWord, 4);
        code.And(Low, LowWord, Field);
        code.And(High, HighWord, Field);
    }

    private static void AddScaled(EvexAssembler code, int rows)
    {
        code.Load(LowWord, GeneralRegister.Rsi, 0);
        code.ShiftLeft(Low, LowWord, 16);
        code.And(High, LowWord, UpperHalf);
        for (var row = 0; row < rows; row++)
        {
            code.Multiply(LowWord, Low, GeneralRegister.Rdi, VnniRows.ScaleOffset(row));
            code.Multiply(HighWord, High, GeneralRegister.Rdi, VnniRows.ScaleOffset(row));
            code.ToSingle(FirstLow + row, FirstLow + row);
            code.ToSingle(FirstHigh + row, FirstHigh + row);
            code.MultiplyAdd(FirstLow + row, LowWord, GeneralRegister.Rcx, row * SumBytes);
            code.MultiplyAdd(FirstHigh + row, HighWord, GeneralRegister.Rcx, (row * SumBytes) + Line);
            code.Store(FirstLow + row, GeneralRegister.Rcx, row * SumBytes);
            code.Store(FirstHigh + row, GeneralRegister.Rcx, (row * SumBytes) + Line);
        }
    }
}
