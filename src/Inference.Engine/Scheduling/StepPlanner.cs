using Inference.Models.Decoders;
using Inference.Models.Prompts;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Decides what a step holds: one row for every sequence that decodes, then prefill chunks in order of arrival while rows are left. Decode rows come first, so a
/// long prompt never stops streams; the results do not depend on the plan.
/// </summary>
internal sealed class StepPlanner(StepLimits limits)
{
    private readonly List<StepEntry> _entries = new(limits.Sequences);

    /// <summary>Fills <paramref name="batch"/>; valid until the next plan.</summary>
    public List<StepEntry> Plan(List<Sequence> running, StepBatch batch)
    {
        _entries.Clear();
        batch.Clear();
        foreach (var sequence in running)
        {
            if (sequence.IsPrefilled && sequence.PausedSince is null)
            {
                Add(batch, sequence, rows: 1);
            }
        }

        foreach (var sequence in running)
        {
            if (!sequence.IsPrefilled && sequence.PausedSince is null && sequence.PendingImage() is null)
            {
                AddPrefill(batch, sequence);
            }
        }

        return _entries;
    }

    private void AddPrefill(StepBatch batch, Sequence sequence)
    {
        var left = sequence.Prompt.InputIds.Length - sequence.Cached;
        var rows = Math.Min(left, Math.Min(limits.Rows - batch.Rows, sequence.Request.PrefillChunk ?? int.MaxValue));
        if (sequence.Request.Trace is not null)
        {
            rows = Math.Min(rows, limits.Outputs - batch.OutputCount);
        }

        if (rows > 0 && (rows < left || batch.OutputCount < limits.Outputs))
        {
            sequence.OnEncoded();
            Add(batch, sequence, rows);
        }
    }

    private void Add(StepBatch batch, Sequence sequence, int rows)
    {
        var position = sequence.Cached;
        var prompt = sequence.Prompt.InputIds;
        sequence.Pages!.Grow(position + rows);
        var first = batch.AddSegment(sequence.Pages, rows, position);
        if (sequence.IsPrefilled)
        {
            batch.SetToken(first, sequence.LastToken);
        }
        else
        {
            FillPrompt(batch, sequence, first, rows);
        }

        var firstOutput = batch.OutputCount;
        var allRows = sequence.Request.Trace is not null && !sequence.IsPrefilled;
        if (allRows || position + rows >= prompt.Length)
        {
            for (var row = allRows ? 0 : rows - 1; row < rows; row++)
            {
                batch.RequestOutput(first + row);
            }
        }

        _entries.Add(new StepEntry(sequence, first, rows, position, firstOutput, batch.OutputCount - firstOutput));
    }

    private static void FillPrompt(StepBatch batch, Sequence sequence, int first, int rows)
    {
        var (begin, end) = (sequence.Cached, sequence.Cached + rows);
        for (var i = begin; i < end; i++)
        {
            batch.SetToken(first + i - begin, sequence.Prompt.InputIds[i]);
        }

        foreach (var span in sequence.Prompt.Images)
        {
            var (from, to) = (Math.Max(span.Start, begin), Math.Min(span.Start + span.Count, end));
            if (from < to)
            {
                var features = sequence.Request.Images[span.ImageIndex].Features!.Rows;
                batch.SetImage(first + from - begin, features.RowRange(from - span.Start, to - from));
            }
        }
    }
}
