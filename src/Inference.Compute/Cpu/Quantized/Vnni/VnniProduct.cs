namespace Inference.Compute.Cpu;

/// <summary>
/// The product of several rows with quantised weights by assembled kernels. Panels are read as they are packed; k runs through, because a
/// panel of integers and a tile of rows fit the second-level cache together.
/// </summary>
internal static unsafe class VnniProduct
{
    // Rows of a block, which pass over one panel after another.
    private const int RowBlock = 504;

    // Multiply-adds that make a part: about a tenth of a millisecond, so that no thread waits long for the last one.
    private const long PartOperations = 16 << 20;

    // Bytes of weights that make a part where few rows leave reading them to be the work: several microseconds.
    private const long PartBytes = 128 * 1024;

    // Multiply-adds below which handing parts to another thread costs more than it saves.
    private const long SmallOperations = 1 << 19;

    /// <summary>x: [rows, inputs], output: [rows, outputs].</summary>
    public static void Run(ThreadTeam team, Scratch scratch, VnniKernels kernels, RowView x, CpuPackedMatrix w, ProductOutput output)
    {
        const int TileRows = VnniKernel.MostRows;
        var packed = scratch.Shared(VnniRows.Bytes(x.Rows, w.Inputs));
        VnniRows.Run(team, x, w.Format, TileRows, packed);
        var tiles = (x.Rows + TileRows - 1) / TileRows;
        var rowBlocks = (x.Rows + RowBlock - 1) / RowBlock;
        var job = new Job
        {
            Packed = packed,
            Output = output,
            Weights = w.Base,
            PanelBytes = w.PanelBytes,
            RowBytes = VnniRows.Bytes(1, w.Inputs),
            Groups = GroupLayout.Groups(w.Inputs),
            Panels = w.Panels,
            Rows = x.Rows,
            RowsPerBlock = (tiles + rowBlocks - 1) / rowBlocks * TileRows,
            Full = kernels.Tile(w.Format, TileRows),
            Last = kernels.Tile(w.Format, x.Rows - ((tiles - 1) * TileRows)),
        };
        var operations = (long)x.Rows * w.Inputs * w.Panels * CpuPackedMatrix.PanelWidth;
        var parts = Math.Max(operations / PartOperations, w.Bytes / PartBytes);
        parts = Math.Max(parts, operations > SmallOperations ? 4L * team.Count : 1);
        var groups = Math.Clamp(parts / rowBlocks, 1, w.Panels);
        job.PanelsPerPart = (int)((w.Panels + groups - 1) / groups);
        job.PanelGroups = (w.Panels + job.PanelsPerPart - 1) / job.PanelsPerPart;
        team.Run(job.PanelGroups * rowBlocks, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        const int Line = 64;
        const int Columns = CpuPackedMatrix.PanelWidth;
        var job = (Job*)argument;
        var (block, group) = Math.DivRem(part, job->PanelGroups);
        var firstPanel = group * job->PanelsPerPart;
        var endPanel = Math.Min(firstPanel + job->PanelsPerPart, job->Panels);
        var firstRow = block * job->RowsPerBlock;
        var endRow = Math.Min(firstRow + job->RowsPerBlock, job->Rows);
        var bytes = stackalloc byte[(VnniKernel.MostRows * Columns * sizeof(float)) + Line];
        var sums = (float*)(((nuint)bytes + Line - 1) / Line * Line);
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            for (var row = firstRow; row < endRow; row += VnniKernel.MostRows)
            {
                var rows = Math.Min(VnniKernel.MostRows, endRow - row);
                var kernel = rows == VnniKernel.MostRows ? job->Full : job->Last;
                kernel(job->Packed + (row * job->RowBytes), job->Weights + (panel * job->PanelBytes), job->Groups, sums);
                job->Output.Take(sums, Columns, row, rows, panel * Columns, Columns);
            }
        }
    }

    private struct Job
    {
        public byte* Packed;
        public ProductOutput Output;
        public byte* Weights;
        public long PanelBytes;
        public long RowBytes;
        public int Groups;
        public int Panels;
        public int Rows;
        public int RowsPerBlock;
        public int PanelsPerPart;
        public int PanelGroups;
        public VnniTile Full;
        public VnniTile Last;
    }
}
