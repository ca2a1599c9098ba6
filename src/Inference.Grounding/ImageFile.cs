using System.Diagnostics;
using Inference.Decoding.Layers;
using Inference.Models.Imaging;

namespace Inference.Grounding;

/// <summary>What a model's tower reads of an encoded image; decoded when it is asked for, once.</summary>
internal sealed class ImageFile(ReadOnlyMemory<byte> encoded, ImageProcessor processor, ImageLimits limits, bool applyOrientation)
{
    private (PixelValues Values, ImagePlan Plan)? _read;

    /// <summary>The tower's input.</summary>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public PixelValues Values => Read().Values;

    /// <summary>What the processor made of the image.</summary>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public ImagePlan Plan => Read().Plan;

    /// <summary>Bytes to pixels; zero until they are needed.</summary>
    public TimeSpan DecodeTime { get; private set; }

    /// <summary>Pixels to the tower's input, noise included; zero until it is needed.</summary>
    public TimeSpan PreprocessTime { get; private set; }

    /// <summary>The tower's input under noise.</summary>
    /// <exception cref="ImageException">The bytes are no image that can be used.</exception>
    public PixelValues Under(CompanionPrompt.NoisedImages noise)
    {
        var clear = Values;
        var start = Stopwatch.GetTimestamp();
        var noised = DiffusionNoise.Apply(clear, noise.Steps, noise.Seed);
        PreprocessTime += Stopwatch.GetElapsedTime(start);
        return noised;
    }

    private (PixelValues Values, ImagePlan Plan) Read()
    {
        if (_read is not { } read)
        {
            var start = Stopwatch.GetTimestamp();
            var pixels = ImageDecoder.Decode(encoded.Span, limits, applyOrientation);
            DecodeTime = Stopwatch.GetElapsedTime(start);
            _read = read = (processor.Process(pixels), processor.Plan(pixels.Width, pixels.Height));
            PreprocessTime = Stopwatch.GetElapsedTime(start) - DecodeTime;
        }

        return read;
    }
}
