namespace Inference.Compute.Cpu;

/// <summary>The product as plain loops: the reference of the vector kernels.</summary>
internal static unsafe class MatMulScalar
{
    /// <summary>x: [rows, inputs], y: [rows, outputs], bias: [outputs] or null; one panel a part.</summary>
    public static void Run(ThreadTeam team, RowView x, CpuPackedMatrix w, float* bias, RowView y)
    {
        var job = new Job { X = x, Y = y, Bias = bias, Weights = w.Base, Format = w.Format, Outputs = w.Outputs };
        job.PanelBytes = w.PanelBytes;
        team.Run(w.Panels, &Part, &job);
    }

    /// <summary>One row times one panel: y[c] = Σ x[k] · panel[k][c] (+ bias[c]), k ascending, one fused multiply-add each.</summary>
    /// <param name="x">[inputs]</param>
    /// <param name="inputs">Length of the sums.</param>
    /// <param name="panel">The packed panel.</param>
    /// <param name="format">How the panel stores numbers.</param>
    /// <param name="bias">[columns] or null.</param>
    /// <param name="y">[columns]</param>
    /// <param name="columns">Outputs of the panel that exist.</param>
    public static void Panel(float* x, int inputs, byte* panel, NumberFormat format, float* bias, float* y, int columns)
    {
        for (var column = 0; column < columns; column++)
        {
            var sum = 0f;
            for (var k = 0; k < inputs; k++)
                sum = MathF.FusedMultiplyAdd(x[k], Widen.At(panel, format, k, column), sum);
            y[column] = bias is null ? sum : sum + bias[column];
        }
    }

    // One row times one panel of integers: y[c] = Σ dot · (row scale · output scale) + sum of the row's integers · (row scale · offset) (+
    // bias[c]), groups ascending.
    private static void GroupPanel(float* x, int inputs, byte* panel, NumberFormat format, float* bias, float* y, int columns)
    {
        var integers = stackalloc short[GroupLayout.Inputs];
        new Span<float>(y, columns).Clear();
        for (var k = 0; k < inputs; k += GroupLayout.Inputs, panel += GroupLayout.Bytes(format))
        {
            var scale = GroupQuantizer.Inputs(x + k, Math.Min(GroupLayout.Inputs, inputs - k), integers);
            var total = 0;
            for (var i = 0; i < GroupLayout.Inputs; i++)
                total += integers[i];
            for (var column = 0; column < columns; column++)
            {
                var dot = 0;
                for (var i = 0; i < GroupLayout.Inputs; i++)
                    dot += integers[i] * GroupLayout.Integer(panel, format, i, column);
                y[column] = MathF.FusedMultiplyAdd(dot, scale * GroupLayout.Scale(panel, column), y[column]);
                if (format.HasOffset())
                    y[column] = MathF.FusedMultiplyAdd(total, scale * GroupLayout.Offset(panel, format, column), y[column]);
            }
        }

        for (var column = 0; column < columns && bias is not null; column++)
            y[column] += bias[column];
    }

    private static void Part(void* argument, int panel, int worker)
    {
        var job = (Job*)argument;
        var first = panel * CpuPackedMatrix.PanelWidth;
        var columns = Math.Min(CpuPackedMatrix.PanelWidth, job->Outputs - first);
        var weights = job->Weights + (panel * job->PanelBytes);
        var bias = job->Bias is null ? null : job->Bias + first;
        for (var row = 0; row < job->X.Rows; row++)
        {
            var y = job->Y.Row(row) + first;
            if (job->Format.IsQuantized())
                GroupPanel(job->X.Row(row), job->X.Columns, weights, job->Format, bias, y, columns);
            else
                Panel(job->X.Row(row), job->X.Columns, weights, job->Format, bias, y, columns);
        }
    }

    private struct Job
    {
        public RowView X;
        public RowView Y;
        public float* Bias;
        public byte* Weights;
        public long PanelBytes;
        public NumberFormat Format;
        public int Outputs;
    }
}
