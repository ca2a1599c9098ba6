using System.Runtime.InteropServices;
using Inference.Decoding.Pruning;
using Inference.Models.Decoders;
using Inference.Models.Prompts;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Decides what a step holds: one row for every sequence that decodes, then chunks of prompts, and of answers begun elsewhere, in order of arrival while rows are left. Decode rows come first, so a
/// long prompt never stops streams; the results do not depend on the plan.
/// </summary>
internal sealed class StepPlanner(StepLimits limits)
{
    private readonly List<StepEntry> _entries = new(limits.Sequences);
    private readonly List<LayerGroup> _groups = [];

    /// <summary>Fills <paramref name="batch"/>; valid until the next plan.</summary>
    public List<StepEntry> Plan(List<Sequence> running, StepBatch batch)
    {
        _entries.Clear();
        batch.Clear();
        foreach (var sequence in running)
        {
            if (sequence.IsDecoding && sequence.PausedSince is null)
            {
                Add(batch, sequence, rows: 1);
            }
        }

        foreach (var sequence in running)
        {
            if (!sequence.IsDecoding && sequence.PausedSince is null && sequence.PendingImage() is null)
            {
                AddPrefill(batch, sequence);
            }
        }

        return _entries;
    }

    private void AddPrefill(StepBatch batch, Sequence sequence)
    {
        var left = sequence.IsPrefilled ? sequence.Unfed.Length : sequence.RowsOfGroup - sequence.Read;
        var rows = Math.Min(left, Math.Min(limits.Rows - batch.Rows, sequence.Request.PrefillChunk ?? int.MaxValue));
        if (sequence.Request.Trace is not null && sequence.IsInLastGroup && !sequence.IsPrefilled)
        {
            rows = Math.Min(rows, limits.Outputs - batch.OutputCount);
        }

        if (rows > 0 && (rows < left || !sequence.IsInLastGroup || batch.OutputCount < limits.Outputs))
        {
            sequence.OnEncoded();
            Add(batch, sequence, rows);
        }
    }

    private void Add(StepBatch batch, Sequence sequence, int rows)
    {
        var isPrompt = !sequence.IsPrefilled;
        var slot = isPrompt ? sequence.Read : sequence.Layout.Groups[0].PromptRows + sequence.Fed;
        var first = isPrompt ? AddPrompt(batch, sequence, rows) : AddTokens(batch, sequence, rows);

        var firstOutput = batch.OutputCount;
        var endsPrompt = isPrompt && slot + rows == sequence.RowsOfGroup && sequence.Generated == 0;
        var samples = isPrompt ? endsPrompt && sequence.IsInLastGroup : rows == sequence.Unfed.Length && !sequence.OnlyScores;
        var allRows = isPrompt && sequence.IsInLastGroup && sequence.Request.Trace is not null;
        if (allRows || samples)
        {
            for (var row = allRows ? 0 : rows - 1; row < rows; row++)
            {
                batch.RequestOutput(first + row);
            }
        }

        _entries.Add(new StepEntry(sequence, first, rows, slot, firstOutput, batch.OutputCount - firstOutput, isPrompt, samples)
        {
            Lens = endsPrompt || samples ? RequestLens(batch, sequence, first + rows - 1, isPrompt) : -1,
            Scores = sequence.Probing is { Waiting: not null } probing ? batch.RequestScores(first + rows - 1, probing.Plan) : -1,
        });
    }

    private int AddTokens(StepBatch batch, Sequence sequence, int rows)
    {
        _groups.Clear();
        var keepsPositions = sequence.Pruned is { Plan.Positions: PositionPolicy.Keep };
        // A row that is only scored stops at the deepest layer that is read; the embeddings alone make no group, so it takes one block at least.
        var end = sequence.OnlyScores ? Math.Max(1, sequence.Probing!.Plan.Deepest) : int.MaxValue;
        for (var g = 0; g < sequence.Layout.Groups.Count && sequence.Layout.Groups[g].FirstLayer < end; g++)
        {
            var group = sequence.Layout.Groups[g];
            var cached = group.PromptRows + sequence.Fed;
            sequence.Pages!.Grow(g, cached + rows);
            var position = keepsPositions ? sequence.Prompt.InputIds.Length + sequence.Fed : cached;
            _groups.Add(new LayerGroup(group.FirstLayer, Math.Min(end, group.EndLayer), cached, position));
        }

        var first = batch.AddSegment(sequence.Pages!, rows, CollectionsMarshal.AsSpan(_groups));
        for (var i = 0; i < rows; i++)
        {
            batch.SetToken(first + i, sequence.Unfed[i]);
        }

        return first;
    }

    private static int AddPrompt(StepBatch batch, Sequence sequence, int rows)
    {
        var (group, begin) = (sequence.Layout.Groups[sequence.Group], sequence.Read);
        sequence.Pages!.Grow(sequence.Group, begin + rows);
        var first = batch.AddSegment(sequence.Pages, rows, [new LayerGroup(group.FirstLayer, group.EndLayer, begin, sequence.Pruned is null ? begin : 0)]);
        if (sequence.Pruned is { } pruned)
        {
            batch.SetPositions(first, pruned.Positions.Slice(begin, rows));
            batch.SetBoundary(first, pruned.Boundary, pruned.BoundaryRows.Slice(begin, rows));
        }
        if (sequence.Group == 0)
        {
            FillPrompt(batch, sequence, first, rows);
        }

        return first;
    }

    // The last row of a pruned prompt goes through its layers in several steps; what its lens has read is carried from one to the next.
    private static int RequestLens(StepBatch batch, Sequence sequence, int row, bool isPrompt)
    {
        if (sequence.LensRows == 0)
        {
            return -1;
        }

        var carry = isPrompt && sequence.Pruned?.Lens is { } rows
            ? new LensCarry(rows, Enters: sequence.Group > 0, Leaves: !sequence.IsInLastGroup)
            : default(LensCarry?);
        return batch.RequestLens(row, sequence.Request.Sampling.Strategy!.Lens, carry);
    }

    private static void FillPrompt(StepBatch batch, Sequence sequence, int first, int rows)
    {
        var (begin, end) = (sequence.Read, sequence.Read + rows);
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
