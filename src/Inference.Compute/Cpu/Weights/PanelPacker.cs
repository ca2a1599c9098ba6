namespace Inference.Compute.Cpu;

/// <summary>Copies checkpoint rows into panels, one panel a part, each source page read about once.</summary>
internal static unsafe class PanelPacker
{
    private const int Width = CpuPackedMatrix.PanelWidth;

    // Steps of a panel that are filled together: 8 KiB of it stay in the first-level cache while all its columns come in.
    private const int StepBlock = 64;

    /// <summary>Fills <paramref name="target"/> with the rows of all sources, one below the other.</summary>
    /// <exception cref="InvalidDataException">A number is not finite in its old or new format.</exception>
    public static void Pack(ThreadTeam team, ReadOnlySpan<WeightSource> sources, CpuPackedMatrix target)
    {
        fixed (WeightSource* first = sources)
        {
            var job = new Job
            {
                Sources = first,
                SourceCount = sources.Length,
                Target = target.Base,
                PanelBytes = target.PanelBytes,
                Outputs = target.Outputs,
                Inputs = target.Inputs,
                Format = target.Format,
            };
            team.Run(target.Panels, &PackPanel, &job);
            if (job.NonFinite != 0)
            {
                throw new InvalidDataException(
                    $"Weights hold a number that is not finite, or not as {target.Format}; only finite weights can be used.");
            }
        }
    }

    private static void PackPanel(void* argument, int panel, int worker)
    {
        var job = (Job*)argument;
        // Sources of rows that fall past the last output stay null: their columns stay zero.
        var rows = stackalloc int[Width];
        var sources = stackalloc WeightSource*[Width];
        FindRows(job, panel * Width, rows, sources);

        var panelStart = job->Target + (panel * job->PanelBytes);
        for (var step = 0; step < job->Inputs; step += StepBlock)
        {
            var steps = Math.Min(StepBlock, job->Inputs - step);
            var destination = panelStart + (job->Format.IsQuantized()
                ? (long)step / GroupLayout.Inputs * GroupLayout.Bytes(job->Format)
                : (long)step * Width * job->Format.Bytes());
            for (var column = 0; column < Width && sources[column] is not null; column++)
            {
                if (!PackSteps(sources[column], rows[column], step, destination, job->Format, column, steps))
                    job->NonFinite = 1;
            }
        }
    }

    // Little-endian words: the low half of word i is half-word 2i, the high half 2i + 1.
    internal static int HalfOffset(int column) => column < 16 ? 2 * column : (2 * (column - 16)) + 1;

    private static bool PackSteps(WeightSource* source, int row, int step, byte* panel, NumberFormat to, int column, int steps)
    {
        var address = (byte*)source->Address + (row * source->RowBytes);
        return source->Blocks != BlockFormat.None ? PackBlocks(address, source->Blocks, step, panel, to, column, steps)
            : source->Format.IsQuantized() ? PackGroups(source, row, step, panel, to, column, steps)
            : PackColumn(address + ((long)step * source->Format.Bytes()), source->Format, panel, to, column, steps);
    }

    private static bool PackColumn(byte* source, NumberFormat from, byte* panel, NumberFormat to, int column, int steps)
    {
        if (to == NumberFormat.F32)
            return ColumnPacker.Singles(source, from, (float*)panel + column, Width, steps);
        if (to == from)
            return ColumnPacker.Halves(source, from, (ushort*)panel + HalfOffset(column), Width, steps);
        var values = stackalloc float[StepBlock];
        var finite = ColumnPacker.Singles(source, from, values, 1, steps);
        return finite && (to.IsQuantized()
            ? ColumnPacker.Groups(values, panel, to, column, steps)
            : ColumnPacker.Rounded(values, to, (ushort*)panel + HalfOffset(column), Width, steps));
    }

    private static bool PackBlocks(byte* row, BlockFormat from, int step, byte* panel, NumberFormat to, int column, int steps)
    {
        if (from is BlockFormat.Q8 or BlockFormat.Q4 && to == from.Held() && BlockDecoder.HasOnlyHeldIntegers(row, from, step, steps))
            return BlockDecoder.Groups(row, from, step, panel, column, steps);
        var values = stackalloc float[StepBlock];
        return BlockDecoder.Singles(row, from, step, values, steps)
            && PackColumn((byte*)values, NumberFormat.F32, panel, to, column, steps);
    }

    private static bool PackGroups(WeightSource* source, int row, int step, byte* panel, NumberFormat to, int column, int steps)
    {
        if (to == source->Format && GroupDecoder.HasOnlyHeldIntegers(source, row, step, steps))
            return GroupDecoder.Groups(source, row, step, panel, column, steps);
        var values = stackalloc float[StepBlock];
        return GroupDecoder.Singles(source, row, step, values, steps)
            && PackColumn((byte*)values, NumberFormat.F32, panel, to, column, steps);
    }

    private static void FindRows(Job* job, int firstOutput, int* rows, WeightSource** sources)
    {
        var start = 0;
        var column = 0;
        for (var s = 0; s < job->SourceCount && column < Width; s++)
        {
            var source = job->Sources + s;
            for (; column < Width && firstOutput + column < start + source->Rows; column++)
            {
                rows[column] = source->StoredRow(firstOutput + column - start);
                sources[column] = source;
            }

            start += source->Rows;
        }
    }

    private struct Job
    {
        public WeightSource* Sources;
        public int SourceCount;
        public byte* Target;
        public long PanelBytes;
        public int Outputs;
        public int Inputs;
        public NumberFormat Format;
        public int NonFinite;
    }
}
