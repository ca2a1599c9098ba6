using Inference.Compute;
using Inference.Engine;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Vision;

namespace Inference.Cli.Benchmarks.Methods;

/// <summary>A prompt of random image rows, given to the decoder as they are, and random text: text, image, text.</summary>
internal sealed class MethodPrompt : IDisposable
{
    private const int TokensBefore = 4;

    private MethodPrompt(EncodedPrompt prompt, EngineImage image) => (Prompt, Image) = (prompt, image);

    public EncodedPrompt Prompt { get; }

    public EngineImage Image { get; }

    /// <summary>Fills a prompt; those of different seeds share no prefix, so that no cache shortens a measurement.</summary>
    public static MethodPrompt Create(IBackend backend, int width, int vocabulary, int imageRows, int textTokens, int seed)
    {
        var random = new Random(seed);
        var values = new float[imageRows * width];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = random.NextSingle() - 0.5f;
        }

        var buffer = backend.Allocate<float>(values.Length);
        backend.Upload<float>(values, buffer);
        var ids = new int[imageRows + textTokens];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = random.Next(vocabulary);
        }

        var before = Math.Min(TokensBefore, textTokens - 1);
        var plan = new ImagePlan(1, 1, imageRows, (1, 1), (1, imageRows), BoxMapping.Whole(imageRows, 1));
        var image = InferenceEngine.AddEncodedImage(new ImageFeatures(buffer, imageRows, width), plan);
        return new MethodPrompt(new EncodedPrompt(ids, [new ImageSpan(before, imageRows, 0)]), image);
    }

    /// <summary>Another question about the same image: what stands behind it is different.</summary>
    public EncodedPrompt WithOtherText(int vocabulary, int seed)
    {
        var random = new Random(seed);
        var image = Prompt.Images[0];
        var ids = Prompt.InputIds.ToArray();
        for (var i = image.Start + image.Count; i < ids.Length; i++)
        {
            ids[i] = random.Next(vocabulary);
        }

        return new EncodedPrompt(ids, Prompt.Images);
    }

    /// <inheritdoc/>
    public void Dispose() => Image.Release();
}
