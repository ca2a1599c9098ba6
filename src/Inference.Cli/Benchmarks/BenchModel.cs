using System.Diagnostics;
using Inference.Compute;
using Inference.Engine;
using Inference.Models;
using Inference.Models.Decoders;
using Inference.Models.Imaging;
using Inference.Models.Loading;

namespace Inference.Cli.Benchmarks;

/// <summary>The model that is measured: a folder, or random weights of a given shape.</summary>
internal sealed class BenchModel : IDisposable
{
    public const string Name = "measured";
    private const int Repetitions = 5;

    private readonly VisionLanguageModel? _model;

    private BenchModel(string label, Decoder decoder, VisionLanguageModel? model) => (Label, Decoder, _model) = (label, decoder, model);

    /// <summary>What to call it.</summary>
    public string Label { get; }

    public Decoder Decoder { get; }

    public EngineModel EngineModel => new(Name, Decoder, Vision: null, Tokenizer: null);

    public static BenchModel Load(BenchSettings settings, IBackend backend, int context, IProgress<LoadProgress> progress)
    {
        if (settings.Random is { } shape)
        {
            var format = settings.Weights ?? settings.Format;
            return new BenchModel($"random {format}", RandomDecoder.Create(backend, shape, format, context), null);
        }

        var model = VisionLanguageModel.Load(
            settings.Folder!, backend, context, progress, settings.Weights, mmproj: settings.Mmproj);
        return new BenchModel(Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Folder)), model.Decoder, model);
    }

    /// <summary>Median time to encode a grey image; null for a text model. Nothing else may run.</summary>
    public TimeSpan? MeasureImageEncode()
    {
        if (_model is not { Vision: { } vision, Processor: { } processor })
        {
            return null;
        }

        var side = vision.Shape.ImageSize;
        var pixels = new byte[side * side * 3];
        pixels.AsSpan().Fill(128);
        var plan = processor.Plan(side, side);
        var values = processor.Process(new RgbImage(side, side, pixels));
        return TimeSpan.FromSeconds(Medians.Of(Enumerable.Range(0, Repetitions + 1).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            vision.Encode(values, plan).Dispose();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).Skip(1)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_model is null)
        {
            Decoder.Dispose();
        }
        else
        {
            _model.Dispose();
        }
    }
}
