using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

/// <summary>Where an image of Width x Height lands: resized, then cut or padded around its centre to the view.</summary>
/// <param name="ResizedWidth">Columns after resizing.</param>
/// <param name="ResizedHeight">Rows after resizing.</param>
/// <param name="Width">Columns of the view.</param>
/// <param name="Height">Rows of the view.</param>
internal readonly record struct ViewLayout(int ResizedWidth, int ResizedHeight, int Width, int Height)
{
    // Floor division: transformers' center_crop puts the odd pixel of padding before the image, of cropping after it.
    public int Left => (ResizedWidth - Width) >> 1;
    public int Top => (ResizedHeight - Height) >> 1;
}

/// <summary>Resize, centre crop, rescale and normalise: the steps that every view goes through.</summary>
internal sealed class ViewTransform(ImageProcessorConfig config)
{
    /// <summary>Most pixel values of one image: 256 MB. No vision tower comes near.</summary>
    public const long MaxValues = 1L << 26;

    private readonly PixelNormalizer _normalizer = new(config);

    /// <summary>The layout of an image that is resized as the configuration says.</summary>
    public ViewLayout Layout(int width, int height)
    {
        var (resizedWidth, resizedHeight) = config.DoResize ? config.Size.Of(width, height) : (width, height);
        return LayoutOfResized(resizedWidth, resizedHeight);
    }

    /// <summary>The layout of an image that is resized to a given size.</summary>
    public ViewLayout LayoutOfResized(int resizedWidth, int resizedHeight)
    {
        var (viewHeight, viewWidth) = config.DoCenterCrop ? config.CropSize : (resizedHeight, resizedWidth);
        return new ViewLayout(resizedWidth, resizedHeight, viewWidth, viewHeight);
    }

    /// <summary>Original pixels to the view, for an image that begins at (left, top) of its canvas.</summary>
    public static BoxMapping Mapping(ViewLayout view, int canvasWidth, int canvasHeight, int left, int top)
    {
        double scaleX = (double)view.ResizedWidth / canvasWidth, scaleY = (double)view.ResizedHeight / canvasHeight;
        return new BoxMapping(
            scaleX / view.Width, (left * scaleX - view.Left) / view.Width,
            scaleY / view.Height, (top * scaleY - view.Top) / view.Height);
    }

    /// <param name="canvas">The image.</param>
    /// <param name="view">Its layout.</param>
    /// <param name="tile">[3, view.Height, view.Width]</param>
    public void Render(in Canvas canvas, ViewLayout view, Span<float> tile)
    {
        // Only what the crop keeps is resampled.
        int x = Math.Max(view.Left, 0), y = Math.Max(view.Top, 0);
        var window = new Window(
            x, y, Math.Min(view.ResizedWidth, view.Left + view.Width) - x, Math.Min(view.ResizedHeight, view.Top + view.Height) - y);
        var image = Resampler.Resize(canvas, view.ResizedWidth, view.ResizedHeight, config.Resample, window);
        _normalizer.Write(image, x - view.Left, y - view.Top, view.Width, tile);
    }
}
