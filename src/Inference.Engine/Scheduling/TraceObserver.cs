using Inference.Compute;
using Inference.Models.Decoders;

namespace Inference.Engine.Scheduling;

/// <summary>Hands hidden states and logits of prompt rows to the traces of the sequences that asked.</summary>
internal sealed class TraceObserver(IBackend backend, int layers) : IStepObserver
{
    private List<StepEntry> _entries = [];
    private bool _tracing;
    private float[] _rows = [];
    private float[] _logits = [];

    /// <summary>Looks for traced sequences that read their prompt in this step.</summary>
    /// <returns>This, or null when there are none.</returns>
    public TraceObserver? For(List<StepEntry> entries)
    {
        _entries = entries;
        _tracing = false;
        foreach (var entry in entries)
        {
            _tracing |= IsTraced(entry);
        }

        return _tracing ? this : null;
    }

    /// <inheritdoc/>
    public bool Wants(int index)
    {
        foreach (var entry in _entries)
        {
            if (IsTraced(entry) && WantsHidden(entry, index))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void OnHidden(int index, Matrix hidden, StepBatch batch)
    {
        foreach (var entry in _entries)
        {
            var skipped = SkippedRows(entry);
            if (skipped < entry.Rows && IsTraced(entry) && WantsHidden(entry, index) && batch.RowOf(entry.FirstRow) is >= 0 and var first)
            {
                var rows = Read(hidden.RowRange(first + skipped, entry.Rows - skipped), ref _rows);
                entry.Sequence.Request.Trace!.OnHidden(index, entry.FirstSlot + skipped, rows, hidden.Columns);
            }
        }
    }

    /// <inheritdoc/>
    public void OnOutput(Matrix normed, Matrix logits, StepBatch batch)
    {
        foreach (var entry in _entries)
        {
            // The row that is sampled has an output whether the trace wants it or not.
            var firstSlot = entry.FirstSlot + entry.Rows - entry.Outputs;
            for (var i = Math.Max(0, FirstRow(entry) - firstSlot); IsTraced(entry) && i < entry.Outputs; i++)
            {
                var row = Read(normed.RowRange(entry.FirstOutput + i, 1), ref _rows);
                var scores = Read(logits.RowRange(entry.FirstOutput + i, 1), ref _logits);
                entry.Sequence.Request.Trace!.OnPromptOutput(firstSlot + i, row, scores);
            }
        }
    }

    private static bool IsTraced(StepEntry entry) => entry.Sequence.Request.Trace is not null && entry.IsPrompt;

    private static int FirstRow(StepEntry entry) => entry.Sequence.Request.Trace?.FirstRow ?? 0;

    private static int SkippedRows(StepEntry entry) => Math.Clamp(FirstRow(entry) - entry.FirstSlot, 0, entry.Rows);

    private bool WantsHidden(StepEntry entry, int index) =>
        entry.Sequence.Request.Trace!.HiddenLayers is { } wanted ? wanted.Contains(index) : index < layers;

    private ReadOnlySpan<float> Read(Matrix matrix, ref float[] scratch)
    {
        var length = matrix.Rows * matrix.Columns;
        if (scratch.Length < length)
        {
            scratch = new float[length];
        }

        backend.Download(matrix.Buffer, matrix.Offset, scratch.AsSpan(0, length));
        return scratch.AsSpan(0, length);
    }
}
