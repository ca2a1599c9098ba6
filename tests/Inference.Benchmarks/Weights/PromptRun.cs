using Inference.Compute;
using Inference.Models;
using Inference.Models.Decoders;

namespace Inference.Benchmarks.Weights;

/// <summary>Runs one prompt at a time through a model and returns the logits of all its rows.</summary>
internal sealed class PromptRun : IKvPages, IDisposable
{
    private const int Length = 256;
    private const int PagesPerLayer = Length / KvGeometry.PageSize;

    private readonly IBackend _backend;
    private readonly VisionLanguageModel _model;
    private readonly StepBatch _batch;
    private readonly Workspace _workspace;
    private readonly KvPool _pool;
    private readonly int[] _pages;

    public PromptRun(IBackend backend, VisionLanguageModel model)
    {
        var decoder = model.Decoder;
        var limits = new StepLimits(Rows: Length, Sequences: 1, Outputs: Length, ContextLength: Length);
        (_backend, _model) = (backend, model);
        _batch = new StepBatch(backend, decoder.Shape.Layers, limits);
        _workspace = new Workspace(backend, decoder.WorkspaceLength(limits));
        _pages = [.. Enumerable.Range(0, decoder.Shape.Layers * PagesPerLayer)];
        _pool = backend.CreateKvPool(decoder.Shape.Kv, _pages.Length);
    }

    public ReadOnlySpan<int> Pages(int layer) => _pages.AsSpan(layer * PagesPerLayer, PagesPerLayer);

    /// <summary>Logits [tokens, vocabulary]; image tokens take the rows of <paramref name="image"/>.</summary>
    public float[] Logits(int[] tokens, Matrix image)
    {
        _batch.Clear();
        _workspace.Release(0);
        _batch.AddSegment(this, tokens.Length, 0);
        for (var i = 0; i < tokens.Length; i++)
        {
            _batch.SetToken(i, tokens[i]);
            _batch.RequestOutput(i);
        }

        _batch.SetImage(tokens.AsSpan().IndexOf(_model.Config.ImageTokenId), image);
        var logits = _model.Decoder.Forward(_batch, _pool, _workspace);
        var values = new float[logits.Rows * logits.Columns];
        _backend.Download(logits.Buffer, logits.Offset, values);
        return values;
    }

    public void Dispose()
    {
        _batch.Dispose();
        _workspace.Dispose();
        _pool.Dispose();
    }
}
