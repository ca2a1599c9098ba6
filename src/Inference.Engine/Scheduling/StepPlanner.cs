using System.Runtime.InteropServices;
using Inference.Decoding.Pruning;
using Inference.Models.Decoders;
using Inference.Models.Prompts;

namespace Inference.Engine.Scheduling;

/// <summary>
/// Decides what a step holds: one row for every sequence that decodes, then chunks of prompts, and of answers begun elsewhere, in order of
/// arrival while rows are left. Decode rows come first, so a long prompt never stops streams; the results do not depend on the plan.
/// </summary>
internal sealed class StepPlanner(StepLimits limits)
{
    private readonly List<StepEntry> _entries = new(limits.Sequences);
    private readonly List<LayerGroup> _groups = [];
    private int _prefillRows;

    /// <summary>Rows of the plan that decode.</summary>
    public int DecodeRows { get; private set; }

    /// <summary>Fills <paramref name="batch"/>; valid until the next plan. A suspect runs alone.</summary>
    /// <param name="running">What there is to plan.</param>
    /// <param name="batch">To be filled.</param>
    /// <param name="besideDecode">Rows of prompts at most where others decode.</param>
    public List<StepEntry> Plan(List<Sequence> running, StepBatch batch, int besideDecode)
    {
        _entries.Clear();
        batch.Clear();
        var suspect = running.Find(sequence => sequence.IsSuspect && !sequence.IsHeldUp);
        // Guesses leave half of a step to prompts.
        var spare = (Math.Min(limits.Rows, limits.Outputs) / 2) - running.Count;
        foreach (var sequence in running)
        {
            if (sequence.IsDecoding && !sequence.IsHeldUp && (suspect is null || suspect == sequence))
            {
                sequence.Drafting?.Limit(spare);
                var drafts = sequence.Drafting?.Count ?? 0;
                Add(batch, sequence, rows: 1 + drafts);
                spare -= drafts;
            }
        }

        DecodeRows = batch.Rows;
        _prefillRows = DecodeRows > 0 ? besideDecode : int.MaxValue;
        foreach (var sequence in running)
        {
            if (!sequence.IsDecoding && !sequence.IsHeldUp && (suspect is null || suspect == sequence))
            {
                AddPrefill(batch, sequence);
            }
        }

        return _entries;
    }

    private void AddPrefill(StepBatch batch, Sequence sequence)
    {
        var left = sequence.Pruned is null ? sequence.Unread : sequence.RowsOfGroup - sequence.Read;
        var rows = Math.Min(
            Math.Min(left, _prefillRows), Math.Min(limits.Rows - batch.Rows, sequence.Request.PrefillChunk ?? int.MaxValue));
        var endsInLayers = sequence.Pruned is not null && !sequence.IsInLastGroup;
        if (sequence.Request.Trace is { } trace && !sequence.IsPrefilled)
        {
            // Rows behind the prompt are not traced.
            var slot = sequence.Pruned is null ? sequence.Rows.Filled : sequence.Read;
            rows = sequence.Pruned is null ? Math.Min(rows, sequence.Rows.PromptRows - slot) : rows;
            rows = endsInLayers ? rows : Math.Min(rows, Math.Max(0, trace.FirstRow - slot) + limits.Outputs - batch.OutputCount);
        }

        if (rows > 0 && (rows < left || endsInLayers || batch.OutputCount < limits.Outputs))
        {
            sequence.OnEncoded();
            Add(batch, sequence, rows);
            _prefillRows -= rows;
        }
    }

    private void Add(StepBatch batch, Sequence sequence, int rows)
    {
        var isPrompt = !sequence.IsPrefilled;
        var isStaged = sequence.Pruned is not null;
        var slot = isStaged ? sequence.Read : sequence.Rows.Filled;
        var first = isStaged ? AddStaged(batch, sequence, rows) : AddRows(batch, sequence, rows);

        // The last row that is known is sampled, and so are guesses behind it; its lens is read in every stage.
        var isLast = isStaged ? sequence.Generated == 0 && slot + rows == sequence.RowsOfGroup : rows >= sequence.Unread;
        var endsInLayers = isStaged && !sequence.IsInLastGroup;
        var samples = isLast && !endsInLayers && !sequence.OnlyScores;
        var firstOutput = batch.OutputCount;
        var firstWanted = !samples ? rows : sequence.IsDecoding ? 0 : rows - 1;
        if (isPrompt && !endsInLayers && sequence.Request.Trace is { } trace)
        {
            firstWanted = Math.Clamp(trace.FirstRow - slot, 0, firstWanted);
        }

        for (var row = firstWanted; row < rows; row++)
        {
            batch.RequestOutput(first + row);
        }

        _entries.Add(new StepEntry(sequence, first, rows, slot, firstOutput, batch.OutputCount - firstOutput, isPrompt, samples)
        {
            Lens = isLast && !sequence.OnlyScores ? RequestLens(batch, sequence, first + rows - 1) : -1,
            Scores = isLast && sequence.Probing is { Waiting: not null } probing ? batch.RequestScores(first + rows - 1, probing.Plan) : -1,
        });
    }

    // Rows behind the last one that a plan could drop: they go through all layers at once.
    private int AddRows(StepBatch batch, Sequence sequence, int rows)
    {
        _groups.Clear();
        var begin = sequence.Rows.Filled;
        var keepsPositions = sequence.Request.Pruning is { Positions: PositionPolicy.Keep };
        // A row that is only scored stops at the deepest layer that is read; the embeddings alone make no group, so it takes one block at
        // least.
        var end = sequence is { OnlyScores: true, IsDecoding: true } ? Math.Max(1, sequence.Probing!.Plan.Deepest) : int.MaxValue;
        for (var g = 0; g < sequence.Layout.Groups.Count && sequence.Layout.Groups[g].FirstLayer < end; g++)
        {
            var group = sequence.Layout.Groups[g];
            var cached = sequence.Layout.Slots(g, begin);
            _groups.Add(new LayerGroup(group.FirstLayer, Math.Min(end, group.EndLayer), cached, keepsPositions ? begin : cached));
        }

        var first = batch.AddSegment(sequence.Rows.Pages!, rows, CollectionsMarshal.AsSpan(_groups));
        FillRows(batch, sequence, first, begin, rows);
        return first;
    }

    private static int AddStaged(StepBatch batch, Sequence sequence, int rows)
    {
        var (group, begin, pruned) = (sequence.Layout.Groups[sequence.Group], sequence.Read, sequence.Pruned!);
        var first = batch.AddSegment(sequence.Rows.Pages!, rows, [new LayerGroup(group.FirstLayer, group.EndLayer, begin, Position: 0)]);
        batch.SetPositions(first, pruned.Positions.Slice(begin, rows));
        batch.SetBoundary(first, pruned.Boundary, pruned.BoundaryRows.Slice(begin, rows), pruned.BoundaryBefore);
        if (sequence.Group == 0)
        {
            FillRows(batch, sequence, first, begin, rows);
        }

        return first;
    }

    // The last row of a pruned prompt goes through its layers in several steps; what its lens has read is carried from one to the next.
    private static int RequestLens(StepBatch batch, Sequence sequence, int row)
    {
        if (sequence.LensRows == 0)
        {
            return -1;
        }

        var carry = sequence.Pruned?.Lens is { } rows
            ? new LensCarry(rows, Enters: sequence.Group > 0, Leaves: !sequence.IsInLastGroup)
            : default(LensCarry?);
        return batch.RequestLens(row, sequence.Request.Sampling.Strategy!.Lens, carry);
    }

    private static void FillRows(StepBatch batch, Sequence sequence, int first, int begin, int rows)
    {
        var (prompt, end) = (sequence.Prompt, begin + rows);
        for (var i = begin; i < end; i++)
        {
            batch.SetToken(first + i - begin, i < prompt.InputIds.Length ? prompt.InputIds[i] : sequence.Rows.Token(i));
        }

        // By index: an enumerator of the interface would be allocated in every step.
        for (var i = 0; i < prompt.Images.Count; i++)
        {
            var span = prompt.Images[i];
            var (from, to) = (Math.Max(span.Start, begin), Math.Min(span.Start + span.Count, end));
            if (from < to)
            {
                var features = sequence.Request.Images[span.ImageIndex].Features!.Rows;
                batch.SetImage(first + from - begin, features.RowRange(from - span.Start, to - from));
            }
        }
    }
}
