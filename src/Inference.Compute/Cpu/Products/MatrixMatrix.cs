namespace Inference.Compute.Cpu;

/// <summary>
/// The product of several rows, blocked after Goto and van de Geijn (2008): a block of k of the packed rows stays in the second-level cache
/// while the panels of a part pass by; a tile's sums are stored after each block and go on from there, which leaves their bits as if k had
/// run through.
/// </summary>
internal static unsafe class MatrixMatrix
{
    // 256 steps of a float32 panel are 32 KiB: they stay in the first-level cache while all tiles pass over them. A whole number of groups
    // of quantised weights, of which 256 steps widened are 18 KiB at most.
    private const int StepBlock = 256;

    // With more blocks of k, sums are kept apart until they are finished: rows of a result are often a multiple of 4 KiB apart and would
    // compete for the same sets of the first-level cache each time. With fewer the copy costs more.
    private const int BlocksInPlace = 3;

    // Rows of a block: 512 rows × 256 steps × 4 bytes are half of the second-level cache.
    private const int RowBlock = 504;

    // With this few tiles the panel is what streams: k runs through and the panel's reads stay in order.
    private const int StreamingTiles = 2;

    // How far ahead a streaming panel is fetched, in bytes: about what a thread reads until memory answers.
    private const long StreamAhead = 6144;

    // Bytes of a streaming part at most: a tenth of a millisecond of reading.
    private const long StreamPartBytes = 512 * 1024;

    // Multiply-adds that make a part: about a tenth of a millisecond, so that no thread waits long for the last one.
    private const long PartOperations = 8 << 20;

    // Multiply-adds below which handing parts to another thread costs more than it saves.
    private const long SmallOperations = 1 << 18;

    /// <summary>x: [rows, inputs], output: [rows, outputs].</summary>
    public static void Run(ThreadTeam team, Scratch scratch, VectorWidth width, RowView x, CpuPackedMatrix w, ProductOutput output)
    {
        var tileRows = MicroKernels.Rows(width);
        var quantized = w.Format.IsQuantized();
        var packed = (float*)scratch.Shared(quantized ? QuantizedRows.Bytes(x.Rows, w.Inputs) : (long)x.Rows * w.Inputs * sizeof(float));
        if (quantized)
            QuantizedRows.Run(team, width, x, tileRows, packed);
        else
            RowPacker.Run(team, x, tileRows, packed);

        var tiles = (x.Rows + tileRows - 1) / tileRows;
        var rowBlocks = (x.Rows + RowBlock - 1) / RowBlock;
        var streaming = tiles <= StreamingTiles && !quantized;
        var widen = quantized || (w.Format == NumberFormat.F16 && !streaming);
        var kernelFormat = widen && !quantized ? NumberFormat.F32 : w.Format;
        var job = new Job
        {
            Packed = packed,
            Output = output,
            Weights = w.Base,
            PanelBytes = w.PanelBytes,
            GroupBytes = quantized ? GroupLayout.Bytes(w.Format) : GroupLayout.Inputs * CpuPackedMatrix.PanelWidth * w.Format.Bytes(),
            RowBytes = quantized ? QuantizedRows.Bytes(1, w.Inputs) : (long)w.Inputs * sizeof(float),
            RowGroupBytes = quantized ? GroupLayout.RowBytes : GroupLayout.Inputs * sizeof(float),
            Inputs = w.Inputs,
            Panels = w.Panels,
            Rows = x.Rows,
            TileRows = tileRows,
            TileColumns = MicroKernels.Columns(width),
            TilesPerBlock = (tiles + rowBlocks - 1) / rowBlocks,
            Streaming = streaming,
            StepBlock = streaming ? w.Inputs : StepBlock,
            Full = MicroKernels.Packed(width, kernelFormat, tileRows),
            Widen = quantized ? GroupWidener.Select(width, w.Format) : widen ? PanelWidener.Select(width) : null,
            Last = MicroKernels.Packed(width, kernelFormat, x.Rows - ((tiles - 1) * tileRows)),
        };
        var operations = (long)x.Rows * w.Inputs * w.Panels * CpuPackedMatrix.PanelWidth;
        var parts = Math.Max(operations / PartOperations, operations > SmallOperations ? 4L * team.Count : 1);
        parts = streaming ? Math.Max(parts, w.Bytes / StreamPartBytes) : parts;
        var groups = Math.Clamp(parts / rowBlocks, 1, w.Panels);
        job.PanelsPerPart = (int)((w.Panels + groups - 1) / groups);
        job.PanelGroups = (w.Panels + job.PanelsPerPart - 1) / job.PanelsPerPart;
        job.WideFloats = widen ? StepBlock * CpuPackedMatrix.PanelWidth : 0;
        // Where k runs through in one block, the sums of a panel are handed over before those of the next begin.
        var blockSums = Math.Min(x.Rows, job.TilesPerBlock * tileRows) * CpuPackedMatrix.PanelWidth;
        job.PanelSums = job.StepBlock < w.Inputs ? blockSums : 0;
        var sums = !job.SumsApart(w.Panels - 1) ? 0 : Math.Max(blockSums, job.PanelsPerPart * job.PanelSums);
        job.Room = scratch.PerWorker((job.WideFloats + sums) * sizeof(float));
        job.RoomStride = scratch.Stride;
        team.Run(job.PanelGroups * rowBlocks, &Part, &job);
    }

    private static void Part(void* argument, int part, int worker)
    {
        var job = (Job*)argument;
        var (block, group) = Math.DivRem(part, job->PanelGroups);
        var firstPanel = group * job->PanelsPerPart;
        var endPanel = Math.Min(firstPanel + job->PanelsPerPart, job->Panels);
        var firstRow = block * job->TilesPerBlock * job->TileRows;
        var endRow = Math.Min(firstRow + (job->TilesPerBlock * job->TileRows), job->Rows);
        var wide = (float*)(job->Room + (worker * job->RoomStride));
        var sums = wide + job->WideFloats;
        for (var step = 0; step < job->Inputs; step += job->StepBlock)
        {
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var weights = job->Block(panel, step);
                // While the first tile passes over a block of a panel, the next block comes in; a panel that streams comes in itself, a
                // little ahead.
                var next = panel + 1 < endPanel ? job->Block(panel + 1, step) : job->Block(firstPanel, step + job->StepBlock);
                var ahead = job->Streaming ? StreamAhead : next - weights;
                if (job->Widen is not null)
                {
                    job->Widen(weights, next, Math.Min(job->StepBlock, job->Inputs - step), wide);
                    weights = (byte*)wide;
                    ahead = 0;
                }

                PanelBlock(job, panel, step, weights, ahead, firstRow, endRow, sums + ((panel - firstPanel) * job->PanelSums));
            }
        }
    }

    /// <summary>
    /// All tiles of a row block times one block of k of one panel. Sums stand in the result until k has run through, or apart in
    /// <paramref name="sums"/>, [rows of the block][32].
    /// </summary>
    private static void PanelBlock(Job* job, int panel, int step, byte* weights, long ahead, int firstRow, int endRow, float* sums)
    {
        const int Columns = CpuPackedMatrix.PanelWidth;
        var steps = Math.Min(job->StepBlock, job->Inputs - step);
        var finishes = step + steps == job->Inputs;
        var apart = job->SumsApart(panel);
        var stride = apart ? Columns : job->Output.Y.Stride;
        for (var row = firstRow; row < endRow; row += job->TileRows)
        {
            var rows = Math.Min(job->TileRows, job->Rows - row);
            var kernel = rows == job->TileRows ? job->Full : job->Last;
            var a = (byte*)job->Packed + (row * job->RowBytes) + ((long)step / GroupLayout.Inputs * rows * job->RowGroupBytes);
            var target = apart ? sums + ((row - firstRow) * Columns) : job->Output.Y.Row(row) + (panel * Columns);
            for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += job->TileColumns)
                kernel((float*)a, weights, row == firstRow ? ahead : 0, steps, column, target, stride, step > 0);
            if (finishes)
                job->Output.Take(target, stride, row, rows, panel * Columns, Columns);
        }
    }

    private struct Job
    {
        public float* Packed;
        public ProductOutput Output;
        public byte* Weights;
        public long PanelBytes;
        public long GroupBytes;
        public long RowBytes;
        public long RowGroupBytes;
        public int Inputs;
        public int Panels;
        public int Rows;
        public int TileRows;
        public int TileColumns;
        public int TilesPerBlock;
        public int StepBlock;
        public bool Streaming;
        public int PanelsPerPart;
        public int PanelGroups;
        public TileKernel Full;
        public TileKernel Last;
        public delegate*<byte*, byte*, int, float*, void> Widen;
        public byte* Room;
        public long RoomStride;
        public int WideFloats;
        public int PanelSums;

        /// <summary>
        /// Whether a panel's sums are kept beside the result until they are finished; they must be where it is added to and where the panel
        /// reaches past the last output.
        /// </summary>
        public readonly bool SumsApart(int panel) =>
            Output.Adds || Inputs > BlocksInPlace * StepBlock || (panel + 1) * CpuPackedMatrix.PanelWidth > Output.Y.Columns;

        /// <summary>The weights of a panel from a step on.</summary>
        public readonly byte* Block(int panel, int step) => Weights + (panel * PanelBytes) + (step / GroupLayout.Inputs * GroupBytes);
    }
}
