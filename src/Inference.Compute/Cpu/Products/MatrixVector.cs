namespace Inference.Compute.Cpu;

/// <summary>The product of one row: every weight is read once, parts are runs of panels.</summary>
internal static unsafe class MatrixVector
{
    // Bytes of weights that make a part: several microseconds of reading.
    private const long PartBytes = 128 * 1024;

    /// <summary>x: [1, inputs], output: [1, outputs].</summary>
    public static void Run(ThreadTeam team, Scratch scratch, VectorWidth width, RowView x, CpuPackedMatrix w, ProductOutput output)
    {
        var together = VectorKernel.Panels(width, w.Format);
        var job = new Job
        {
            X = w.Format.IsQuantized() ? Quantized(team, scratch, width, x) : x.Data,
            Output = output,
            Weights = w.Base,
            PanelBytes = w.PanelBytes,
            Inputs = w.Inputs,
            Panels = w.Panels,
            Together = together,
            Full = VectorKernel.Select(width, w.Format, together),
            Single = VectorKernel.Select(width, w.Format, 1),
        };
        var groups = (w.Panels + together - 1) / together;
        job.Parts = (int)Math.Clamp(w.Bytes / PartBytes, 1, groups);
        job.Groups = groups;
        team.Run(job.Parts, &Part, &job);
    }

    private static float* Quantized(ThreadTeam team, Scratch scratch, VectorWidth width, RowView x)
    {
        var row = (float*)scratch.Shared(QuantizedRows.Bytes(1, x.Columns));
        QuantizedRows.Run(team, width, x, 1, row);
        return row;
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var end = Partition.Start(job->Groups, job->Parts, part + 1) * job->Together;
        var panel = Partition.Start(job->Groups, job->Parts, part) * job->Together;
        end = Math.Min(end, job->Panels);
        var sums = stackalloc float[2 * CpuPackedMatrix.PanelWidth];
        while (panel < end)
        {
            var whole = panel + job->Together <= end;
            var count = whole ? job->Together : 1;
            var kernel = whole ? job->Full : job->Single;
            var (first, columns) = (panel * CpuPackedMatrix.PanelWidth, count * CpuPackedMatrix.PanelWidth);
            kernel(job->X, job->Weights + (panel * job->PanelBytes), job->PanelBytes, job->Inputs, sums);
            job->Output.Take(sums, columns, 0, 1, first, columns);
            panel += count;
        }
    }

    private struct Job
    {
        public float* X;
        public ProductOutput Output;
        public byte* Weights;
        public long PanelBytes;
        public int Inputs;
        public int Panels;
        public int Together;
        public int Groups;
        public int Parts;
        public RowKernel Full;
        public RowKernel Single;
    }
}
