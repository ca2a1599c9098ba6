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

    /// <summary>x: [rows, inputs], y: [rows, outputs].</summary>
    public static void Run(ThreadTeam team, Scratch scratch, VectorWidth width, RowView x, CpuPackedMatrix w, float* bias, RowView y)
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
            Y = y,
            Bias = bias,
            Weights = w.Base,
            PanelBytes = w.PanelBytes,
            GroupBytes = quantized ? GroupLayout.Bytes(w.Format) : GroupLayout.Inputs * CpuPackedMatrix.PanelWidth * w.Format.Bytes(),
            RowBytes = quantized ? QuantizedRows.Bytes(1, w.Inputs) : (long)w.Inputs * sizeof(float),
            RowGroupBytes = quantized ? GroupLayout.RowBytes : GroupLayout.Inputs * sizeof(float),
            Inputs = w.Inputs,
            Outputs = w.Outputs,
            Panels = w.Panels,
            Rows = x.Rows,
            TileRows = tileRows,
            TileColumns = MicroKernels.Columns(width),
            TilesPerBlock = (tiles + rowBlocks - 1) / rowBlocks,
            Streaming = streaming,
            StepBlock = streaming ? w.Inputs : StepBlock,
            Full = MicroKernels.Packed(width, kernelFormat, tileRows),
            AddBias = AddRows.Kernel(width),
            Widen = quantized ? GroupWidener.Select(width, w.Format) : widen ? PanelWidener.Select(width) : null,
            Wide = widen ? scratch.PerWorker(StepBlock * CpuPackedMatrix.PanelWidth * sizeof(float)) : null,
            WideStride = scratch.Stride,
            Last = MicroKernels.Packed(width, kernelFormat, x.Rows - ((tiles - 1) * tileRows)),
        };
        var operations = (long)x.Rows * w.Inputs * w.Panels * CpuPackedMatrix.PanelWidth;
        var parts = Math.Max(operations / PartOperations, operations > SmallOperations ? 4L * team.Count : 1);
        parts = streaming ? Math.Max(parts, w.Bytes / StreamPartBytes) : parts;
        var groups = Math.Clamp(parts / rowBlocks, 1, w.Panels);
        job.PanelsPerPart = (int)((w.Panels + groups - 1) / groups);
        job.PanelGroups = (w.Panels + job.PanelsPerPart - 1) / job.PanelsPerPart;
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
                    var wide = job->Wide + (worker * job->WideStride);
                    job->Widen(weights, next, Math.Min(job->StepBlock, job->Inputs - step), (float*)wide);
                    weights = wide;
                    ahead = 0;
                }

                PanelBlock(job, panel, step, weights, ahead, firstRow, endRow);
            }
        }
    }

    /// <summary>All tiles of a row block times one block of k of one panel.</summary>
    private static void PanelBlock(Job* job, int panel, int step, byte* weights, long ahead, int firstRow, int endRow)
    {
        var steps = Math.Min(job->StepBlock, job->Inputs - step);
        var firstColumn = panel * CpuPackedMatrix.PanelWidth;
        var columns = Math.Min(CpuPackedMatrix.PanelWidth, job->Outputs - firstColumn);
        var edge = stackalloc float[MicroKernels.MostRows * CpuPackedMatrix.PanelWidth];
        for (var row = firstRow; row < endRow; row += job->TileRows)
        {
            var rows = Math.Min(job->TileRows, job->Rows - row);
            var kernel = rows == job->TileRows ? job->Full : job->Last;
            var a = (byte*)job->Packed + (row * job->RowBytes) + ((long)step / GroupLayout.Inputs * rows * job->RowGroupBytes);
            var y = job->Y.Row(row) + firstColumn;
            var target = y;
            var stride = job->Y.Stride;
            if (columns < CpuPackedMatrix.PanelWidth)
            {
                // The panel reaches past the last output: sums go through a whole tile beside the result.
                target = edge;
                stride = CpuPackedMatrix.PanelWidth;
                CopyTile(y, job->Y.Stride, edge, CpuPackedMatrix.PanelWidth, rows, columns);
            }

            for (var column = 0; column < CpuPackedMatrix.HalfPanel; column += job->TileColumns)
                kernel((float*)a, weights, row == firstRow ? ahead : 0, steps, column, target, stride, step > 0);
            if (job->Bias is not null && step + steps == job->Inputs)
            {
                for (var r = 0; r < rows; r++)
                    job->AddBias(job->Bias + firstColumn, target + (r * stride), columns);
            }

            if (columns < CpuPackedMatrix.PanelWidth)
                CopyTile(edge, CpuPackedMatrix.PanelWidth, y, job->Y.Stride, rows, columns);
        }
    }

    private static void CopyTile(float* source, long sourceStride, float* destination, long destinationStride, int rows, int columns)
    {
        for (var row = 0; row < rows; row++, source += sourceStride, destination += destinationStride)
            new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(destination, columns));
    }

    private struct Job
    {
        public float* Packed;
        public RowView Y;
        public float* Bias;
        public byte* Weights;
        public long PanelBytes;
        public long GroupBytes;
        public long RowBytes;
        public long RowGroupBytes;
        public int Inputs;
        public int Outputs;
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
        public delegate*<float*, float*, int, void> AddBias;
        public delegate*<byte*, byte*, int, float*, void> Widen;
        public byte* Wide;
        public long WideStride;

        /// <summary>The weights of a panel from a step on.</summary>
        public readonly byte* Block(int panel, int step) => Weights + (panel * PanelBytes) + (step / GroupLayout.Inputs * GroupBytes);
    }
}
