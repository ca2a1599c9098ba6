using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

/// <summary>
/// LLaVA-NeXT ("any resolution"): the whole image squeezed to one view, and the image at the best of the given resolutions, centred
/// on black and cut into tiles (transformers' LlavaNextImageProcessor).
/// </summary>
internal sealed class LlavaNextProcessor(ImageProcessorConfig config) : ImageProcessor(config)
{
    private readonly ViewTransform _view = new(config);
    private readonly int _tile = TileSide(config);

    public static int TileSide(ImageProcessorConfig config) => config.CropSize.Height;

    public override ImagePlan Plan(int width, int height)
    {
        CheckSize(width, height);
        var whole = Whole();
        var grid = Grid(width, height);
        var mapping = ViewTransform.Mapping(whole, width, height, 0, 0);
        return new ImagePlan(1 + grid.Rows * grid.Columns, whole.Height, whole.Width, (grid.Rows, grid.Columns), (height, width), mapping);
    }

    public override PixelValues Process(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var plan = Plan(image.Width, image.Height);
        int length = 3 * plan.Height * plan.Width;
        var data = GC.AllocateUninitializedArray<float>(checked(plan.Tiles * length));
        _view.Render(Canvas.Of(image), Whole(), data.AsSpan(0, length));

        var (targetHeight, targetWidth) = AnyResolution.Select(image.Width, image.Height, Config.Pinpoints);
        var (width, height) = AnyResolution.Fit(image.Width, image.Height, targetWidth, targetHeight);
        var resized = Resampler.Resize(Canvas.Of(image), width, height, Config.Resample, new Window(0, 0, width, height));
        // divmod of the padding: the odd pixel goes behind the image.
        int left = (targetWidth - width) / 2, top = (targetHeight - height) / 2;
        int at = length;
        for (int y = 0; y < targetHeight; y += _tile)
        {
            for (int x = 0; x < targetWidth; x += _tile, at += length)
            {
                var tile = Cut(resized, x - left, y - top, Math.Min(_tile, targetWidth - x), Math.Min(_tile, targetHeight - y));
                _view.Render(Canvas.Of(tile), _view.Layout(tile.Width, tile.Height), data.AsSpan(at, length));
            }
        }
        return new PixelValues(plan.Tiles, 3, plan.Height, plan.Width, data, plan.OriginalSize);
    }

    private ViewLayout Whole() => _view.LayoutOfResized(Config.Size.Width, Config.Size.Height);

    private (int Rows, int Columns) Grid(int width, int height)
    {
        var (targetHeight, targetWidth) = AnyResolution.Select(width, height, Config.Pinpoints);
        return ((targetHeight + _tile - 1) / _tile, (targetWidth + _tile - 1) / _tile);
    }

    /// <summary>A tile whose origin is (x, y) of the image; black where the image does not reach.</summary>
    private static RgbImage Cut(RgbImage image, int x, int y, int width, int height)
    {
        var tile = new RgbImage(width, height, new byte[3 * width * height]);
        int from = Math.Max(x, 0), to = Math.Min(x + width, image.Width);
        if (from >= to)
            return tile;
        for (int row = Math.Max(y, 0); row < Math.Min(y + height, image.Height); row++)
            image.Row(row)[(from * 3)..(to * 3)].CopyTo(tile.Pixels.AsSpan(((row - y) * width + from - x) * 3));
        return tile;
    }
}
