using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models.Checkpoints;
using Inference.Models.Decoders;
using Inference.Models.Imaging;
using Inference.Models.Loading;
using Inference.Testing;

namespace Inference.Models.Tests.Golden;

/// <summary>One golden case run through the model, without engine and tokenizer: everything the reference recorded about it.</summary>
internal sealed class GoldenRun : IStepObserver, IDisposable
{
    private readonly CpuBackend _backend;
    private readonly VisionLanguageModel _model;
    private readonly StepBatch _batch;
    private readonly Workspace _workspace;
    private readonly KvPool _pool;
    private readonly ContiguousPages _pages;
    private int _cached;

    public GoldenRun(string model, int threads = 2, NumberFormat? weights = null, PackCache? packs = null)
    {
        _backend = new CpuBackend(new CpuOptions { Threads = threads });
        _model = VisionLanguageModel.Load(Goldens.Folder(model), _backend, contextLength: 512, progress: null, weights, packs);
        var limits = new StepLimits(Rows: 256, Sequences: 1, Outputs: 256, ContextLength: 512);
        _batch = new StepBatch(_backend, _model.Decoder.Shape.Layers, limits);
        _workspace = new Workspace(_backend, _model.Decoder.WorkspaceLength(limits));
        _pages = new ContiguousPages(512 / KvGeometry.PageSize);
        _pool = _backend.CreateKvPool(_model.Decoder.Shape.Kv, _model.Decoder.Shape.Layers * _pages.PerLayer);
    }

    public Decoder Decoder => _model.Decoder;

    public string? PackFile => _model.PackFile;

    public int Layers => _model.Decoder.Shape.Layers;

    public int ImageTokenId => _model.Config.ImageTokenId;

    /// <summary>hidden[i] of the rows of the last step; the last one after the final norm.</summary>
    public Dictionary<int, float[]> Hidden { get; } = [];

    public (float[] Pixels, float[] Features) EncodeImage(string file)
    {
        var image = ImageDecoder.Decode(File.ReadAllBytes(Goldens.Image(file)), new ImageLimits());
        var pixels = _model.Processor!.Process(image);
        using var features = _model.Vision!.Encode(pixels, _model.Processor.Plan(image.Width, image.Height));
        Assert.Equal(features.Rows.Rows, _model.Vision.CountRows(_model.Processor.Plan(image.Width, image.Height)));
        return (pixels.Data, Read(features.Rows));
    }

    /// <summary>Feeds tokens after those already cached; image tokens take rows of <paramref name="features"/>.</summary>
    /// <returns>Logits of every row fed.</returns>
    public float[] Feed(ReadOnlySpan<int> tokens, float[]? features = null)
    {
        _batch.Clear();
        _workspace.Release(0);
        _batch.AddSegment(_pages, tokens.Length, _cached);
        using var rows = _backend.Allocate<float>(features?.Length ?? 1);
        for (var i = 0; i < tokens.Length; i++)
        {
            _batch.SetToken(i, tokens[i]);
            _batch.RequestOutput(i);
        }

        if (features is not null)
        {
            _backend.Upload<float>(features, rows);
            var width = _model.Decoder.Shape.Width;
            _batch.SetImage(tokens.IndexOf(ImageTokenId), new Matrix(rows, features.Length / width, width));
        }

        _cached += tokens.Length;
        return Read(_model.Decoder.Forward(_batch, _pool, _workspace, this));
    }

    public bool Wants(int index) => index < Layers;

    public void OnHidden(int index, Matrix hidden, StepBatch batch) => Hidden[index] = Read(hidden);

    public void OnOutput(Matrix normed, Matrix logits, StepBatch batch) => Hidden[Layers] = Read(normed);

    public void Dispose()
    {
        _batch.Dispose();
        _workspace.Dispose();
        _pool.Dispose();
        _model.Dispose();
        _backend.Dispose();
    }

    private float[] Read(Matrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        _backend.Download(matrix.Buffer, matrix.Offset, values);
        return values;
    }

    private sealed class ContiguousPages(int perLayer) : IKvPages
    {
        public int PerLayer => perLayer;

        public ReadOnlySpan<int> Pages(int layer) => Enumerable.Range(layer * perLayer, perLayer).ToArray();
    }
}
