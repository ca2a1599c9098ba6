using Inference.Compute;

namespace Inference.Models.Decoders;

/// <summary>
/// The hidden states that a step copies on its way. Rows with the final norm come first, so that one norm serves them together with the
/// outputs, then rows without: one matrix, one product with the vocabulary matrix.
/// </summary>
internal sealed class StepTaps : IDisposable
{
    private readonly int _capacity;
    private readonly List<Request> _requests = [];
    private readonly LayerTerms<RowTerm> _terms;

    public StepTaps(IBackend backend, int layers, int capacity) =>
        (_capacity, _terms) = (capacity, new LayerTerms<RowTerm>(backend, layers));

    /// <summary>Rows asked for.</summary>
    public int Rows => NormedRows + RawRows;

    /// <summary>Rows that take the final norm.</summary>
    public int NormedRows { get; private set; }

    /// <summary>Terms of all layers, layer by layer.</summary>
    public Buffer<RowTerm> Terms => _terms.Terms;

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
            throw new InvalidOperationException(
                $"A step holds {_capacity} lens rows; {Rows} are taken and {plan.Rows.Count} more were asked for.");
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
    public (int First, int Count) Of(int layer) => _terms.Of(layer);

    /// <summary>Sorts the terms by layer and hands them to the backend; to be called when all requests and phases are known.</summary>
    public void Upload(StepBatch batch)
    {
        _terms.Clear();
        for (var i = 0; i < _requests.Count; i++)
        {
            AddTerms(batch, i);
        }

        _terms.Upload();
    }

    // Those of layers that run in this step.
    private void AddTerms(StepBatch batch, int index)
    {
        var request = _requests[index];
        var firstDestination = batch.FirstLensRow(index);
        for (var r = 0; r < request.Plan.Rows.Count; r++)
        {
            var terms = request.Plan.Rows[r].Terms;
            for (var t = 0; t < terms.Count; t++)
            {
                if (batch.RowAt(terms[t].Layer, request.BatchRow) is >= 0 and var source)
                {
                    _terms.Add(terms[t].Layer, new RowTerm(source, firstDestination + r, terms[t].Weight, t == 0 ? 0 : 1));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _terms.Dispose();

    private readonly record struct Request(int BatchRow, LensPlan Plan, int FirstRow, LensCarry? Carry);
}
