using System.Runtime.CompilerServices;

namespace Inference.Compute.Cpu;

/// <summary>Copies checkpoint rows into panels, one panel a part, each source page read about once.</summary>
internal static unsafe class PanelPacker
{
    private const int Width = CpuPackedMatrix.PanelWidth;

    // Steps of a panel that are filled together: 8 KiB of it stay in the first-level cache while all its columns come in.
    private const int StepBlock = 64;

    /// <summary>Fills <paramref name="target"/> with the rows of all sources, one below the other.</summary>
    /// <exception cref="InvalidDataException">A binary16 source holds an infinity or NaN.</exception>
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
                throw new InvalidDataException("Weights stored as F16 hold an infinity or NaN; only finite weights can be used.");
        }
    }

    private static void PackPanel(void* argument, int panel, int worker)
    {
        var job = (Job*)argument;
        // Rows that fall past the last output stay null: their columns stay zero.
        var rows = stackalloc byte*[Width];
        var formats = stackalloc NumberFormat[Width];
        FindRows(job, panel * Width, rows, formats);

        var panelStart = job->Target + (panel * job->PanelBytes);
        for (var step = 0; step < job->Inputs; step += StepBlock)
        {
            var steps = Math.Min(StepBlock, job->Inputs - step);
            var destination = panelStart + ((long)step * Width * job->Format.Bytes());
            for (var column = 0; column < Width && rows[column] is not null; column++)
            {
                var source = rows[column] + ((long)step * formats[column].Bytes());
                var finite = job->Format == NumberFormat.F32
                    ? PackSingle(source, formats[column], (float*)destination + column, steps)
                    : PackHalf(source, formats[column], (ushort*)destination + HalfOffset(column), steps);
                if (!finite)
                    job->NonFinite = 1;
            }
        }
    }

    // Little-endian words: the low half of word i is half-word 2i, the high half 2i + 1.
    private static int HalfOffset(int column) => column < 16 ? 2 * column : (2 * (column - 16)) + 1;

    private static void FindRows(Job* job, int firstOutput, byte** rows, NumberFormat* formats)
    {
        var start = 0;
        var column = 0;
        for (var s = 0; s < job->SourceCount && column < Width; s++)
        {
            var source = job->Sources + s;
            for (; column < Width && firstOutput + column < start + source->Rows; column++)
            {
                rows[column] = (byte*)source->Address + ((long)(firstOutput + column - start) * source->Columns * source->Format.Bytes());
                formats[column] = source->Format;
            }

            start += source->Rows;
        }
    }

    // Packing runs once, when a process is young: there is no time to wait for the runtime to find out that this is hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool PackHalf(byte* source, NumberFormat format, ushort* destination, int steps)
    {
        var finite = true;
        for (var k = 0; k < steps; k++)
        {
            var bits = LoadHalf(source, k);
            finite &= format != NumberFormat.F16 || (bits & 0x7C00) != 0x7C00;
            destination[k * Width] = bits;
        }

        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool PackSingle(byte* source, NumberFormat format, float* destination, int steps)
    {
        var finite = true;
        for (var k = 0; k < steps; k++)
        {
            float value;
            switch (format)
            {
                case NumberFormat.F32:
                    value = Unsafe.ReadUnaligned<float>(source + (4 * k));
                    break;
                case NumberFormat.BF16:
                    value = Widen.BFloat16(LoadHalf(source, k));
                    break;
                default:
                    var bits = LoadHalf(source, k);
                    finite &= (bits & 0x7C00) != 0x7C00;
                    value = Widen.Float16(bits);
                    break;
            }

            destination[k * Width] = value;
        }

        return finite;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort LoadHalf(byte* source, int k) => Unsafe.ReadUnaligned<ushort>(source + (2 * k));

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
