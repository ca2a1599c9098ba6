namespace Inference.Compute.Cpu;

/// <summary>y = x · wᵀ + bias.</summary>
internal static unsafe class MatMul
{
    /// <summary>x: [rows, inputs], y: [rows, outputs], bias: [outputs] or null.</summary>
    public static void Run(ThreadTeam team, RowView x, CpuPackedMatrix w, float* bias, RowView y)
    {
        var job = new Job { X = x, Y = y, Bias = bias, Weights = w.Base, PanelBytes = w.PanelBytes, Format = w.Format, Outputs = w.Outputs };
        team.Run(w.Panels, &ScalarPanel, &job);
    }

    private static void ScalarPanel(void* argument, int panel, int worker)
    {
        var job = (Job*)argument;
        var first = panel * CpuPackedMatrix.PanelWidth;
        var columns = Math.Min(CpuPackedMatrix.PanelWidth, job->Outputs - first);
        var weights = job->Weights + (panel * job->PanelBytes);
        for (var row = 0; row < job->X.Rows; row++)
        {
            var bias = job->Bias is null ? null : job->Bias + first;
            MatMulScalar.Panel(job->X.Row(row), job->X.Columns, weights, job->Format, bias, job->Y.Row(row) + first, columns);
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
