namespace Inference.Compute.Cpu;

/// <summary>The product as plain loops: the reference of the vector kernels.</summary>
internal static unsafe class MatMulScalar
{
    /// <summary>x: [rows, inputs], output: [rows, outputs]; one panel a part.</summary>
    public static void Run(ThreadTeam team, RowView x, CpuPackedMatrix w, ProductOutput output)
    {
        var job = new Job { X = x, Output = output, Weights = w.Base, Format = w.Format, PanelBytes = w.PanelBytes };
        team.Run(w.Panels, &Part, &job);
    }

    // One row times one panel: sums[c] = Σ x[k] · panel[k][c], k ascending, one fused multiply-add each.
    private static void Panel(float* x, int inputs, byte* panel, NumberFormat format, float* sums)
    {
        for (var column = 0; column < CpuPackedMatrix.PanelWidth; column++)
        {
            var sum = 0f;
            for (var k = 0; k < inputs; k++)
                sum = MathF.FusedMultiplyAdd(x[k], Widen.At(panel, format, k, column), sum);
            sums[column] = sum;
        }
    }

    // One row times one panel of integers: sums[c] = Σ dot · (row scale · output scale) + sum of the row's integers · (row scale · offset),
    // groups ascending.
    private static void GroupPanel(float* x, int inputs, byte* panel, NumberFormat format, float* sums)
    {
        var integers = stackalloc short[GroupLayout.Inputs];
        new Span<float>(sums, CpuPackedMatrix.PanelWidth).Clear();
        for (var k = 0; k < inputs; k += GroupLayout.Inputs, panel += GroupLayout.Bytes(format))
        {
            var scale = GroupQuantizer.Inputs(x + k, Math.Min(GroupLayout.Inputs, inputs - k), integers);
            var total = 0;
            for (var i = 0; i < GroupLayout.Inputs; i++)
                total += integers[i];
            for (var column = 0; column < CpuPackedMatrix.PanelWidth; column++)
            {
                var dot = 0;
                for (var i = 0; i < GroupLayout.Inputs; i++)
                    dot += integers[i] * GroupLayout.Integer(panel, format, i, column);
                sums[column] = MathF.FusedMultiplyAdd(dot, scale * GroupLayout.Scale(panel, column), sums[column]);
                if (format.HasOffset())
                    sums[column] = MathF.FusedMultiplyAdd(total, scale * GroupLayout.Offset(panel, format, column), sums[column]);
            }
        }
    }

    private static void Part(void* argument, int panel, int worker)
    {
        var job = (Job*)argument;
        var weights = job->Weights + (panel * job->PanelBytes);
        const int Columns = CpuPackedMatrix.PanelWidth;
        var sums = stackalloc float[Columns];
        for (var row = 0; row < job->X.Rows; row++)
        {
            if (job->Format.IsQuantized())
                GroupPanel(job->X.Row(row), job->X.Columns, weights, job->Format, sums);
            else
                Panel(job->X.Row(row), job->X.Columns, weights, job->Format, sums);
            job->Output.Take(sums, Columns, row, 1, panel * Columns, Columns);
        }
    }

    private struct Job
    {
        public RowView X;
        public ProductOutput Output;
        public byte* Weights;
        public long PanelBytes;
        public NumberFormat Format;
    }
}
