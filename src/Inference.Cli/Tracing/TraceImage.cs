using Inference.Decoding.Layers;
using Inference.Models;
using Inference.Models.Imaging;
using Inference.Models.Vision;

namespace Inference.Cli.Tracing;

/// <summary>An image as the vision tower will read it.</summary>
/// <param name="Pixels">The processor's output.</param>
/// <param name="Plan">Sizes and tiles.</param>
/// <param name="Rows">Rows in the prompt.</param>
/// <param name="Reduction">How they became that few, or null.</param>
internal sealed record TraceImage(PixelValues Pixels, ImagePlan Plan, int Rows, ImageReduction? Reduction)
{
    public static TraceImage Load(VisionLanguageModel model, string file, bool applyExifOrientation, ImageReduction? reduction)
    {
        if (model.Processor is not { } processor || model.Vision is not { } vision)
        {
            throw new CommandException($"{model.Folder} is a text model: it takes no --image.");
        }

        var image = ImageDecoder.Decode(File.ReadAllBytes(file), applyExifOrientation: applyExifOrientation);
        var plan = processor.Plan(image.Width, image.Height);
        return new TraceImage(processor.Process(image), plan, vision.CountRows(plan, reduction), reduction);
    }

    /// <summary>The image as a strategy's companion sees it.</summary>
    public TraceImage Under(CompanionPrompt.NoisedImages noise) =>
        this with { Pixels = DiffusionNoise.Apply(Pixels, noise.Steps, noise.Seed) };
}
