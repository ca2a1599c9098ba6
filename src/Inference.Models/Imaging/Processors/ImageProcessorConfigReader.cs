using System.Text.Json;
using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

/// <summary>Reads an image processor's JSON, old and new spellings, with the defaults of transformers 5.</summary>
internal sealed class ImageProcessorConfigReader
{
    private const int MaxPinpoints = 1_024;

    private static readonly double[] ClipMean = [0.48145466, 0.4578275, 0.40821073];
    private static readonly double[] ClipStd = [0.26862954, 0.26130258, 0.27577711];
    private static readonly double[] Half = [0.5, 0.5, 0.5];
    private static readonly int[][] DefaultPinpoints = [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]];

    // Pixels are always RGB here, so do_convert_rgb has nothing to decide.
    private static readonly HashSet<string> KnownSteps =
        ["do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_pad", "do_convert_rgb"];

    private readonly ConfigObject _json;

    private ImageProcessorConfigReader(ConfigObject json) => _json = json;

    /// <exception cref="ImageProcessorException">A value that is malformed, or that changes numbers and is not implemented.</exception>
    public static ImageProcessorConfig Read(string file, JsonElement json) =>
        new ImageProcessorConfigReader(new ConfigObject(file, json)).Read();

    private ImageProcessorConfig Read()
    {
        var kind = Kind();
        bool siglip = kind == ImageProcessorKind.Siglip, next = kind == ImageProcessorKind.LlavaNext;
        RefuseUnknownSteps();

        bool pad = _json.Flag("do_pad", next);
        if (pad && kind is not (ImageProcessorKind.Llava or ImageProcessorKind.LlavaNext))
            throw _json.Refuse("do_pad", "padding is implemented for LlavaImageProcessor and LlavaNextImageProcessor only");
        if (_json.Flag("use_square_size", false))
            throw _json.Refuse("use_square_size", "it is not implemented; give height and width as size");
        if (_json.Value("pad_size") is not null)
            throw _json.Refuse("pad_size", "padding to a fixed size is not implemented");
        if (_json.Value("data_format") is { } format
            && !(format.ValueKind == JsonValueKind.String && format.GetString() == "channels_first"))
            throw _json.Refuse("data_format", "only channels_first is implemented");

        bool crop = _json.Flag("do_center_crop", !siglip);
        if (crop && siglip && _json.Value("crop_size") is null)
            throw _json.Refuse("crop_size", "do_center_crop needs it");
        var config = new ImageProcessorConfig
        {
            Kind = kind,
            DoResize = _json.Flag("do_resize", true),
            Size = Size(siglip),
            Resample = Filter(),
            DoCenterCrop = crop,
            CropSize = CropSize(),
            DoRescale = _json.Flag("do_rescale", true),
            RescaleFactor = _json.Value("rescale_factor") is { } factor ? _json.Number("rescale_factor", factor) : 1.0 / 255,
            DoNormalize = _json.Flag("do_normalize", true),
            Mean = _json.Channels("image_mean", siglip ? Half : ClipMean),
            Std = _json.Channels("image_std", siglip ? Half : ClipStd),
            DoPad = pad,
            Pinpoints = next ? Pinpoints() : [],
        };
        if (config.DoNormalize && config.Std.Contains(0))
            throw _json.Refuse("image_std", "0 is not allowed");
        if (next)
            CheckTiles(config);
        return config;
    }

    private ImageProcessorKind Kind()
    {
        string key = _json.Value("image_processor_type") is null && _json.Value("feature_extractor_type") is not null
            ? "feature_extractor_type" : "image_processor_type";
        if (_json.Value(key) is not { ValueKind: JsonValueKind.String } value)
            throw _json.Refuse(key, "the name of the image processor is missing");
        string name = value.GetString()!;
        // Backends ("Fast", "Pil") and the oldest spelling name the same processor.
        string plain = name.Replace("FeatureExtractor", "ImageProcessor", StringComparison.Ordinal);
        if (plain.EndsWith("Fast", StringComparison.Ordinal))
            plain = plain[..^"Fast".Length];
        if (plain.EndsWith("Pil", StringComparison.Ordinal))
            plain = plain[..^"Pil".Length];
        return plain switch
        {
            "CLIPImageProcessor" => ImageProcessorKind.Clip,
            "SiglipImageProcessor" => ImageProcessorKind.Siglip,
            "LlavaImageProcessor" => ImageProcessorKind.Llava,
            "LlavaNextImageProcessor" => ImageProcessorKind.LlavaNext,
            _ => throw _json.Refuse(key, $"'{name}' is not implemented; CLIPImageProcessor, SiglipImageProcessor, LlavaImageProcessor "
                + "and LlavaNextImageProcessor are"),
        };
    }

    /// <summary>
    /// A step that is switched on and not known here would change the pixels; other unknown keys mean nothing to these types.
    /// </summary>
    private void RefuseUnknownSteps()
    {
        foreach (var property in _json.Properties)
        {
            bool step = property.Name.StartsWith("do_", StringComparison.Ordinal) && !KnownSteps.Contains(property.Name);
            if (step && property.Value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null))
                throw _json.Refuse(property.Name, "this step is not implemented");
        }
    }

    private TargetSize Size(bool siglip)
    {
        if (_json.Value("size") is not { } size)
            return siglip ? TargetSize.Exact(224, 224) : TargetSize.Shortest(224);
        switch (size.ValueKind)
        {
            case JsonValueKind.Number:
                int side = _json.Side("size", size);
                return _json.Flag("default_to_square", false) ? TargetSize.Exact(side, side) : TargetSize.Shortest(side);
            case JsonValueKind.Object when ConfigObject.Keys(size) is ["shortest_edge"]:
                return TargetSize.Shortest(_json.Side("size.shortest_edge", size.GetProperty("shortest_edge")));
            default:
                var (height, width) = _json.Rectangle("size", size, "a number, shortest_edge alone, or height and width");
                return TargetSize.Exact(height, width);
        }
    }

    private (int Height, int Width) CropSize()
    {
        if (_json.Value("crop_size") is not { } size)
            return (224, 224);
        if (size.ValueKind != JsonValueKind.Number)
            return _json.Rectangle("crop_size", size, "a number, or height and width");
        int side = _json.Side("crop_size", size);
        return (side, side);
    }

    private ResampleFilter Filter()
    {
        if (_json.Value("resample") is not { } value)
            return ResampleFilter.Bicubic;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number is >= 0 and <= 5)
            return (ResampleFilter)number;
        throw _json.Refuse("resample", $"{ConfigObject.Shown(value)} is not a filter; 0 (nearest), 1 (lanczos), 2 (bilinear), "
            + "3 (bicubic), 4 (box), 5 (hamming) are");
    }

    private (int Height, int Width)[] Pinpoints()
    {
        const string Key = "image_grid_pinpoints";
        if (_json.Value(Key) is not { } value)
            return [.. DefaultPinpoints.Select(p => (p[0], p[1]))];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > MaxPinpoints)
            throw _json.Refuse(Key, $"1 to {MaxPinpoints} pairs of height and width are needed");
        return [.. value.EnumerateArray().Select(p => _json.Rectangle(Key, p, "pairs of height and width"))];
    }

    /// <summary>
    /// The whole image and its tiles, also the rest at the edge of a resolution, stand in one tensor: they must come out equal.
    /// </summary>
    private void CheckTiles(ImageProcessorConfig config)
    {
        var view = new ViewTransform(config);
        int tile = LlavaNextProcessor.TileSide(config);
        var whole = view.LayoutOfResized(config.Size.Width, config.Size.Height);
        foreach (var (height, width) in config.Pinpoints)
        {
            long tiles = 1 + (long)((height + tile - 1) / tile) * ((width + tile - 1) / tile);
            if (tiles * 3 * whole.Height * whole.Width > ViewTransform.MaxValues)
            {
                throw _json.Refuse("image_grid_pinpoints",
                    $"{height}x{width} would give {tiles} tiles of {whole.Height}x{whole.Width}, which is too much");
            }
            var sizes = from w in (int[])[Math.Min(width, tile), width % tile]
                        from h in (int[])[Math.Min(height, tile), height % tile]
                        where w > 0 && h > 0
                        select view.Layout(w, h);
            foreach (var cut in sizes.Where(c => (c.Width, c.Height) != (whole.Width, whole.Height)))
            {
                throw _json.Refuse("image_grid_pinpoints", $"tiles of {height}x{width} would have {cut.Height}x{cut.Width} pixels, "
                    + $"the whole image {whole.Height}x{whole.Width}");
            }
        }
    }
}
