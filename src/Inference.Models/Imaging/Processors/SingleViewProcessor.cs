using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

/// <summary>CLIP, SigLIP and LLaVA: one view of the image, for LLaVA on request padded to a square of the mean colour first.</summary>
internal sealed class SingleViewProcessor(ImageProcessorConfig config) : ImageProcessor(config)
{
    private readonly ViewTransform _view = new(config);
    private readonly Rgb _background = new(Byte(config.Mean[0]), Byte(config.Mean[1]), Byte(config.Mean[2]));

    public override ImagePlan Plan(int width, int height)
    {
        CheckSize(width, height);
        var (canvasWidth, canvasHeight, left, top) = Pad(width, height);
        var view = View(canvasWidth, canvasHeight);
        var mapping = ViewTransform.Mapping(view, canvasWidth, canvasHeight, left, top);
        return new ImagePlan(1, view.Height, view.Width, (1, 1), (height, width), mapping);
    }

    public override PixelValues Process(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (width, height, left, top) = Pad(image.Width, image.Height);
        var view = View(width, height);
        var data = GC.AllocateUninitializedArray<float>(3 * view.Height * view.Width);
        _view.Render(new Canvas(image, width, height, left, top, _background), view, data);
        return new PixelValues(1, 3, view.Height, view.Width, data, (image.Height, image.Width));
    }

    // Without a crop an elongated image may become any size.
    private ViewLayout View(int width, int height)
    {
        var view = _view.Layout(width, height);
        if (3L * view.Height * view.Width <= ViewTransform.MaxValues)
            return view;
        throw new ImageException(ImageError.TooLarge,
            $"An image of {width}x{height} pixels would become a view of {view.Width}x{view.Height}, which is too large.");
    }

    private (int Width, int Height, int Left, int Top) Pad(int width, int height)
    {
        if (!Config.DoPad)
            return (width, height, 0, 0);
        int side = Math.Max(width, height);
        return (side, side, (side - width) / 2, (side - height) / 2);
    }

    private static byte Byte(double mean) => (byte)Math.Clamp((int)(mean * 255), 0, 255);
}
