using Inference.Compute;

namespace Inference.Decoding.Layers;

/// <summary>
/// What a strategy scores from at one sampled row: the final logits on the host, those of the lens on the device with the reductions that
/// strategies are written in. Sums over the vocabulary are computed when first asked for. Reused step after step without allocating.
/// </summary>
public sealed class StrategyStep : IDisposable
{
    private readonly IBackend _backend;
    private readonly float[] _logits;
    private readonly int[] _ids;
    private readonly float[] _gathered;
    private readonly float[] _lensLogSums;
    private readonly float[] _divergences;
    private readonly Buffer<float> _finalLogSum;
    private readonly Buffer<float> _lensBuffer;
    private readonly Buffer<float> _divergenceBuffer;
    private readonly Buffer<int> _idBuffer;
    private readonly Buffer<float> _gatherBuffer;
    private readonly Lazy<float[]> _companion;
    private readonly Buffer<float> _companionSum;
    private Matrix _final;
    private Matrix _lens;
    private int _idCount;
    private bool _hasFinalLogSum;
    private bool _hasLensLogSums;
    private float _logSum;

    /// <summary>Room for a vocabulary and the largest lens.</summary>
    public StrategyStep(IBackend backend, int vocabulary, int lensRows)
    {
        _backend = backend;
        (_logits, _ids, _gathered) = (new float[vocabulary], new int[vocabulary], new float[vocabulary]);
        (_lensLogSums, _divergences) = (new float[lensRows], new float[lensRows]);
        _finalLogSum = backend.Allocate<float>(1);
        _lensBuffer = backend.Allocate<float>(Math.Max(1, lensRows));
        _divergenceBuffer = backend.Allocate<float>(Math.Max(1, lensRows));
        _idBuffer = backend.Allocate<int>(vocabulary);
        _gatherBuffer = backend.Allocate<float>(vocabulary);
        _companion = new Lazy<float[]>(() => new float[vocabulary]);
        _companionSum = backend.Allocate<float>(1);
    }

    /// <summary>Final logits, [vocabulary].</summary>
    public ReadOnlySpan<float> Logits => _logits;

    /// <summary>Whether the companion's logits are there.</summary>
    public bool HasCompanion { get; private set; }

    /// <summary>Logits of the companion, [vocabulary].</summary>
    public ReadOnlySpan<float> CompanionLogits => _companion.Value;

    /// <summary>ln Σ e^z of the companion's logits.</summary>
    public float CompanionLogSum { get; private set; }

    /// <summary>0-based index of the token among the generated ones.</summary>
    public int Position { get; private set; }

    /// <summary>The request's seed.</summary>
    public ulong Seed { get; private set; }

    /// <summary>Whether every score is wanted as it is defined, even where the token is decided already.</summary>
    public bool IsTraced { get; private set; }

    /// <summary>ln Σ e^z of the final logits.</summary>
    public float LogSum
    {
        get
        {
            if (!_hasFinalLogSum)
            {
                _backend.LogSumExp(_final, _finalLogSum);
                _backend.Download(_finalLogSum, 0, new Span<float>(ref _logSum));
                _hasFinalLogSum = true;
            }

            return _logSum;
        }
    }

    /// <summary>ln Σ e^z of every lens row.</summary>
    public ReadOnlySpan<float> LensLogSums
    {
        get
        {
            var sums = _lensLogSums.AsSpan(0, _lens.Rows);
            if (!_hasLensLogSums)
            {
                _backend.LogSumExp(_lens, _lensBuffer);
                _backend.Download(_lensBuffer, 0, sums);
                _hasLensLogSums = true;
            }

            return sums;
        }
    }

    /// <summary>Tokens last given to <see cref="Select"/>.</summary>
    public ReadOnlySpan<int> Selected => _ids.AsSpan(0, _idCount);

    /// <summary>Starts a step.</summary>
    /// <param name="final">Final logits, [1, vocabulary].</param>
    /// <param name="lens">Logits of the strategy's lens rows, [rows, vocabulary].</param>
    /// <param name="position">0-based index of the token among the generated ones.</param>
    /// <param name="seed">The request's seed.</param>
    /// <param name="isTraced">Whether every score is wanted.</param>
    public void Begin(Matrix final, Matrix lens, int position, ulong seed, bool isTraced)
    {
        (_final, _lens) = (final, lens);
        (Position, Seed, IsTraced) = (position, seed, isTraced);
        (_hasFinalLogSum, _hasLensLogSums, _idCount, HasCompanion) = (false, false, 0, false);
        _backend.Download(final.Buffer, final.Offset, _logits.AsSpan());
    }

    /// <summary>Adds what the companion says.</summary>
    /// <param name="logits">[1, vocabulary].</param>
    public void AddCompanion(Matrix logits)
    {
        var sum = 0f;
        _backend.LogSumExp(logits, _companionSum);
        _backend.Download(_companionSum, 0, new Span<float>(ref sum));
        _backend.Download(logits.Buffer, logits.Offset, _companion.Value.AsSpan());
        (CompanionLogSum, HasCompanion) = (sum, true);
    }

    /// <summary>Jensen–Shannon divergence of every lens row from the final logits, as a mean over the vocabulary.</summary>
    public ReadOnlySpan<float> Divergences()
    {
        _ = LogSum;
        _ = LensLogSums;
        var divergences = _divergences.AsSpan(0, _lens.Rows);
        _backend.JensenShannon(_final, _finalLogSum, _lens, _lensBuffer, _divergenceBuffer);
        _backend.Download(_divergenceBuffer, 0, divergences);
        return divergences;
    }

    /// <summary>Room for tokens to <see cref="Select"/>, [vocabulary].</summary>
    internal Span<int> SelectionRoom => _ids;

    /// <summary>
    /// Names the first <paramref name="count"/> tokens of <see cref="SelectionRoom"/> as those that <see cref="Gather"/> reads.
    /// </summary>
    internal void Select(int count)
    {
        _idCount = count;
        _backend.Upload<int>(Selected, _idBuffer);
    }

    /// <summary>Logits of the selected tokens in a lens row; valid until the next call.</summary>
    public ReadOnlySpan<float> Gather(int lensRow)
    {
        var gathered = new Matrix(_gatherBuffer, 1, _idCount);
        _backend.GatherColumns(_lens.RowRange(lensRow, 1), _idBuffer, gathered);
        _backend.Download(_gatherBuffer, 0, _gathered.AsSpan(0, _idCount));
        return _gathered.AsSpan(0, _idCount);
    }

    /// <summary>All logits of a lens row, [vocabulary]; valid until the next call.</summary>
    public ReadOnlySpan<float> LensRow(int lensRow)
    {
        var row = _lens.RowRange(lensRow, 1);
        _backend.Download(row.Buffer, row.Offset, _gathered.AsSpan());
        return _gathered;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _finalLogSum.Dispose();
        _lensBuffer.Dispose();
        _divergenceBuffer.Dispose();
        _idBuffer.Dispose();
        _gatherBuffer.Dispose();
        _companionSum.Dispose();
    }
}
