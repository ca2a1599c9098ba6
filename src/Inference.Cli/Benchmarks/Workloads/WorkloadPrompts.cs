using Inference.Compute;
using Inference.Engine;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Vision;

namespace Inference.Cli.Benchmarks.Workloads;

/// <summary>Prompts of one round: random tokens, and random image rows that the decoder takes as they are.</summary>
internal sealed class WorkloadPrompts : IDisposable
{
    private readonly WorkloadSettings _settings;
    private readonly int[] _shared;
    private readonly EngineImage? _image;
    private readonly Random _random;
    private readonly int _vocabulary;

    /// <summary>Rounds of different seeds share nothing, so that no cache shortens a measurement but by what requests share.</summary>
    public WorkloadPrompts(IBackend backend, int width, int vocabulary, WorkloadSettings settings, int seed)
    {
        (_settings, _vocabulary, _random) = (settings, vocabulary, new Random(seed));
        _shared = Tokens(settings.SharedTokens);
        if (settings.ImageRows == 0)
        {
            return;
        }

        var buffer = backend.Allocate<float>((long)settings.ImageRows * width);
        backend.Upload<float>([.. Enumerable.Range(0, settings.ImageRows * width).Select(_ => _random.NextSingle() - 0.5f)], buffer);
        var rows = settings.ImageRows;
        var plan = new ImagePlan(1, 1, rows, (1, 1), (1, rows), BoxMapping.Whole(rows, 1));
        _image = InferenceEngine.AddEncodedImage(new ImageFeatures(buffer, rows, width), plan);
    }

    /// <summary>The images of every prompt.</summary>
    public IReadOnlyList<EngineImage> Images => _image is null ? [] : [_image];

    /// <summary>The next prompt.</summary>
    public EncodedPrompt Next() => new(
        [.. _shared, .. new int[_settings.ImageRows], .. Tokens(_settings.OwnTokens)],
        _image is null ? [] : [new ImageSpan(_settings.SharedTokens, _settings.ImageRows, 0)]);

    /// <inheritdoc/>
    public void Dispose() => _image?.Release();

    private int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(_vocabulary))];
}
