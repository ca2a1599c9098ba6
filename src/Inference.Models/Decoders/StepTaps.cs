using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The hidden states that a step copies on its way. Rows with the final norm come first, so that one norm serves them together with the outputs, then rows
/// without: one matrix, one product with the vocabulary matrix.
/// </summary>
internal sealed class StepTaps : IDisposable
{
    private readonly IBackend _backend;
    private readonly int _capacity;
    private readonly List<Request> _requests = [];
    private readonly int[] _firstTerm;
    private RowTerm[] _terms = new RowTerm[64];

    public StepTaps(IBackend backend, int layers, int capacity)
    {
        (_backend, _capacity) = (backend, capacity);
        // hidden[0] to hidden[L], and the end.
        _firstTerm = new int[layers + 2];
        Terms = backend.Allocate<RowTerm>(_terms.Length);
    }

    /// <summary>Rows asked for.</summary>
    public int Rows => NormedRows + RawRows;

    /// <summary>Rows that take the final norm.</summary>
    public int NormedRows { get; private set; }

    /// <summary>Terms of all layers, layer by layer.</summary>
    public Buffer<RowTerm> Terms { get; private set; }

    private int RawRows { get; set; }

    public void Clear()
    {
        (NormedRows, RawRows) = (0, 0);
        _requests.Clear();
    }

    /// <summary>Requests noted.</summary>
    public int Count => _requests.Count;

    /// <summary>Notes a plan for a batch row.</summary>
    /// <returns>Number of the request, for <see cref="FirstRow"/>.</returns>
    public int Add(int batchRow, LensPlan plan, LensCarry? carry)
    {
        if (Rows + plan.Rows.Count > _capacity)
        {
            throw new InvalidOperationException($"A step holds {_capacity} lens rows; {Rows} are taken and {plan.Rows.Count} more were asked for.");
        }

        _requests.Add(new Request(batchRow, plan, plan.FinalNorm ? NormedRows : RawRows, carry));
        if (plan.FinalNorm)
        {
            NormedRows += plan.Rows.Count;
        }
        else
        {
            RawRows += plan.Rows.Count;
        }

        return _requests.Count - 1;
    }

    /// <summary>What a request brings from other steps, or leaves to them.</summary>
    public LensCarry? Carry(int request) => _requests[request].Carry;

    /// <summary>Where the rows of a request begin behind the outputs.</summary>
    public int FirstRow(int request) => _requests[request].FirstRow + (_requests[request].Plan.FinalNorm ? 0 : NormedRows);

    /// <summary>First term of hidden[<paramref name="layer"/>] and their number.</summary>
    public (int First, int Count) Of(int layer) => (_firstTerm[layer], _firstTerm[layer + 1] - _firstTerm[layer]);

    /// <summary>Sorts the terms by layer and hands them to the backend; to be called when all requests and phases are known.</summary>
    public void Upload(StepBatch batch)
    {
        Array.Clear(_firstTerm);
        if (Rows == 0)
        {
            return;
        }

        for (var i = 0; i < _requests.Count; i++)
        {
            Visit(batch, i, place: false);
        }

        for (var layer = 1; layer < _firstTerm.Length; layer++)
        {
            _firstTerm[layer] += _firstTerm[layer - 1];
        }

        Grow(_firstTerm[^1]);
        // Placed from the first term of each layer on; afterwards every entry is the end of its layer, which is the start of the next.
        for (var i = 0; i < _requests.Count; i++)
        {
            Visit(batch, i, place: true);
        }

        Array.Copy(_firstTerm, 0, _firstTerm, 1, _firstTerm.Length - 1);
        _firstTerm[0] = 0;
        _backend.Upload<RowTerm>(_terms.AsSpan(0, _firstTerm[^1]), Terms);
    }

    private void Grow(int terms)
    {
        if (terms > _terms.Length)
        {
            _terms = new RowTerm[terms * 2];
            Terms.Dispose();
            Terms = _backend.Allocate<RowTerm>(_terms.Length);
        }
    }

    // Counts or places the terms of a request whose layers run in this step.
    private void Visit(StepBatch batch, int index, bool place)
    {
        var request = _requests[index];
        var firstDestination = batch.FirstLensRow(index);
        for (var r = 0; r < request.Plan.Rows.Count; r++)
        {
            var terms = request.Plan.Rows[r].Terms;
            for (var t = 0; t < terms.Count; t++)
            {
                var (layer, weight) = (terms[t].Layer, terms[t].Weight);
                var source = batch.RowAt(layer, request.BatchRow);
                if (source < 0)
                {
                    continue;
                }

                if (place)
                {
                    _terms[_firstTerm[layer]++] = new RowTerm(source, firstDestination + r, weight, t == 0 ? 0 : 1);
                }
                else
                {
                    _firstTerm[layer + 1]++;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Terms.Dispose();

    private readonly record struct Request(int BatchRow, LensPlan Plan, int FirstRow, LensCarry? Carry);
}
