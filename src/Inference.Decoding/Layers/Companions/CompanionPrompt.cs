namespace Inference.Decoding.Layers;

/// <summary>
/// What a strategy's companion reads in place of the request's prompt: the same text with images that tell less, or none.
/// </summary>
public abstract record CompanionPrompt
{
    private CompanionPrompt()
    {
    }

    /// <summary>The images drowned in noise; see <see cref="DiffusionNoise"/>.</summary>
    /// <param name="Steps">Steps of the noise, 0 to 999.</param>
    /// <param name="Seed">Key of the noise; the same for every request, so that noised images can be kept.</param>
    public sealed record NoisedImages(int Steps, int Seed) : CompanionPrompt;

    /// <summary>No images: their tokens are left out.</summary>
    public sealed record WithoutImages : CompanionPrompt;
}
