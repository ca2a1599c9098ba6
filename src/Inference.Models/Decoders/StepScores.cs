using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>The products with probe vectors that a step takes on its way: nothing asked for, nothing done.</summary>
internal sealed class StepScores : IDisposable
{
    private readonly IBackend _backend;
    private readonly int _capacity;
    private readonly List<Request> _requests = [];
    private readonly LayerTerms<DotTerm> _terms;

    public StepScores(IBackend backend, int layers, int capacity)
    {
        (_backend, _capacity) = (backend, capacity);
        _terms = new LayerTerms<DotTerm>(backend, layers);
        Scores = backend.Allocate<float>(Math.Max(1, capacity));
    }

    /// <summary>Scores asked for.</summary>
    public int Count { get; private set; }

    /// <summary>The scores, once the step has run.</summary>
    public Buffer<float> Scores { get; }

    public void Clear()
    {
        Count = 0;
        _requests.Clear();
    }

    /// <summary>Notes a plan for a batch row.</summary>
    /// <returns>The first of its scores.</returns>
    public int Add(int batchRow, ProbePlan plan)
    {
        if (Count + plan.Scores > _capacity)
        {
            throw new InvalidOperationException(
                $"A step holds {_capacity} scores; {Count} are taken and {plan.Scores} more were asked for.");
        }

        _requests.Add(new Request(batchRow, plan, Count));
        Count += plan.Scores;
        return Count - plan.Scores;
    }

    /// <summary>Sorts the products by layer and hands them to the backend; to be called when all requests and phases are known.</summary>
    public void Upload(StepBatch batch)
    {
        _terms.Clear();
        foreach (var request in _requests)
        {
            var terms = request.Plan.Terms;
            for (var t = 0; t < terms.Count; t++)
            {
                var (layer, vector, score) = terms[t];
                var adds = t > 0 && terms[t - 1].Score == score ? 1 : 0;
                _terms.Add(layer, new DotTerm(batch.RowAt(layer, request.BatchRow), vector, request.FirstScore + score, adds));
            }
        }

        _terms.Upload();
    }

    /// <summary>Takes the products of hidden[<paramref name="layer"/>].</summary>
    public void Run(int layer, Matrix hidden, Matrix vectors)
    {
        var (first, count) = _terms.Of(layer);
        if (count > 0)
        {
            _backend.DotRows(hidden, vectors, _terms.Terms, first, count, Scores);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terms.Dispose();
        Scores.Dispose();
    }

    private readonly record struct Request(int BatchRow, ProbePlan Plan, int FirstScore);
}
