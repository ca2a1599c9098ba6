using Inference.Compute;
using Inference.Decoding.Pruning;
using Inference.Models.Prompts;

namespace Inference.Engine.Pruning;

/// <summary>
/// The rows of a prompt that are dropped stage by stage: which remain, where they wait, and at which positions they stand.
/// </summary>
internal sealed class PrunedPrompt
{
    private readonly BoundaryPool _pool;
    private readonly EncodedPrompt _prompt;
    private readonly int[] _rows;
    private readonly int[] _boundaryRows;
    private readonly int[] _positions;
    private readonly Buffer<float>? _lens;
    private int _count;

    private PrunedPrompt(BoundaryPool pool, EncodedPrompt prompt, PruningPlan plan, int[] boundaryRows, Buffer<float>? lens, int lensRows)
    {
        (_pool, _prompt, Plan, _boundaryRows, _lens) = (pool, prompt, plan, boundaryRows, lens);
        Lens = lens is null ? null : new Matrix(lens, lensRows, pool.Width);
        _count = boundaryRows.Length;
        _rows = [.. Enumerable.Range(0, _count)];
        _positions = [.. _rows];
    }

    public PruningPlan Plan { get; }

    /// <summary>All boundary rows of the engine.</summary>
    public Matrix Boundary => _pool.Rows;

    /// <summary>The same rows before the last block that ran; null where the ranking does not ask.</summary>
    public Matrix? BoundaryBefore => Plan.Ranking.Input == RankingInput.HiddenChange ? _pool.Before : null;

    /// <summary>Boundary rows of the rows that remain, in order.</summary>
    public ReadOnlySpan<int> BoundaryRows => _boundaryRows.AsSpan(0, _count);

    /// <summary>Positions of the rows that remain, in order.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, _count);

    /// <summary>What the lens has read of the last row in earlier stages, [lens rows, width]; null without a lens.</summary>
    public Matrix? Lens { get; }

    /// <summary>Takes boundary rows for a prompt; the pool has enough.</summary>
    public static PrunedPrompt Create(BoundaryPool pool, EncodedPrompt prompt, PruningPlan plan, int lensRows)
    {
        if (plan.Ranking.Input == RankingInput.HiddenChange)
        {
            pool.TakeBefore();
        }

        return new(pool, prompt, plan, pool.Take(prompt.InputIds.Length), lensRows == 0 ? null : pool.AllocateRows(lensRows), lensRows);
    }

    /// <summary>Whether a stage leaves fewer rows of any image than there were before it.</summary>
    public bool DropsAt(int stage)
    {
        var before = stage == 0 ? 1 : Plan.Stages[stage - 1].Keep;
        return _prompt.Images.Any(image => Plan.Stages[stage].Kept(image.Count) < (int)(image.Count * before));
    }

    /// <summary>Drops the image rows that a stage does not keep and gives their boundary rows back.</summary>
    /// <param name="stage">Index of the stage.</param>
    /// <param name="scores">A score for each row that remains; empty where the ranking needs none or nothing is dropped.</param>
    public StageOutcome Drop(int stage, ReadOnlySpan<float> scores)
    {
        List<int> kept = [], original = [];
        var (next, target, offset, originalStart, number) = (0, 0, 0, 0, 0);
        foreach (var image in _prompt.Images)
        {
            var first = next;
            while (first < _count && _rows[first] < image.Start)
            {
                first++;
            }

            var end = first;
            while (end < _count && _rows[end] < image.Start + image.Count)
            {
                end++;
            }

            target = Move(next, first, target);
            var best = Choose(
                scores.IsEmpty ? scores : scores[first..end], first, end, image, number++, Plan.Stages[stage].Kept(image.Count));
            var from = first;
            foreach (var k in best)
            {
                kept.Add(offset + k);
                original.Add(originalStart + _rows[first + k] - image.Start);
                Release(from, first + k);
                target = Move(first + k, first + k + 1, target);
                from = first + k + 1;
            }

            Release(from, end);
            (next, offset, originalStart) = (end, offset + end - first, originalStart + image.Count);
        }

        _count = Move(next, _count, target);
        for (var i = 0; i < _count; i++)
        {
            _positions[i] = Plan.Positions == PositionPolicy.Reindex ? i : _rows[i];
        }

        return new StageOutcome([.. kept], [.. original]);
    }

    /// <summary>Scores with which <see cref="Drop"/> comes to an outcome that is known already.</summary>
    public void Mark(StageOutcome outcome, Span<float> scores)
    {
        scores.Clear();
        var (next, row, originalStart) = (0, 0, 0);
        foreach (var image in _prompt.Images)
        {
            for (; row < _count && _rows[row] < image.Start + image.Count; row++)
            {
                var original = originalStart + _rows[row] - image.Start;
                if (_rows[row] >= image.Start && next < outcome.KeptOriginal.Length && original == outcome.KeptOriginal[next])
                {
                    scores[row] = 1;
                    next++;
                }
            }

            originalStart += image.Count;
        }
    }

    /// <summary>Gives all boundary rows back: nothing waits any more.</summary>
    public void Release()
    {
        _lens?.Dispose();
        Release(0, _count);
        _count = 0;
    }

    private int[] Choose(ReadOnlySpan<float> scores, int first, int end, ImageSpan image, int number, int count)
    {
        var offsets = new int[end - first];
        if (count == offsets.Length)
        {
            return [.. Enumerable.Range(0, count)];
        }

        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = _rows[first + i] - image.Start;
        }

        return Plan.Ranking.Keep(new RankedRows(scores, offsets, number, Plan.Seed), count);
    }

    private void Release(int first, int end) => _pool.Release(_boundaryRows.AsSpan(first, end - first));

    private int Move(int first, int end, int target)
    {
        _rows.AsSpan(first, end - first).CopyTo(_rows.AsSpan(target));
        _boundaryRows.AsSpan(first, end - first).CopyTo(_boundaryRows.AsSpan(target));
        return target + end - first;
    }
}

/// <summary>Image rows that remain after a stage, in raster order.</summary>
/// <param name="Kept">Offsets among the image rows before the stage.</param>
/// <param name="KeptOriginal">Offsets among the image rows of the prompt.</param>
internal readonly record struct StageOutcome(int[] Kept, int[] KeptOriginal);
