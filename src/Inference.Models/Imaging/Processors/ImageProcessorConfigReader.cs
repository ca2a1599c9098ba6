using System.Text.Json;
using Inference.Models.Imaging.Resampling;

namespace Inference.Models.Imaging.Processors;

/// <summary>
/// Reads an image processor's JSON, old and new spellings, with the defaults of transformers 5. A null counts as absent, as there.
/// </summary>
internal sealed class ImageProcessorConfigReader
{
    private const int MaxSide = 16_384;
    private const int MaxPinpoints = 1_024;

    private static readonly double[] ClipMean = [0.48145466, 0.4578275, 0.40821073];
    private static readonly double[] ClipStd = [0.26862954, 0.26130258, 0.27577711];
    private static readonly double[] Half = [0.5, 0.5, 0.5];
    private static readonly int[][] DefaultPinpoints = [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]];

    // Pixels are always RGB here, so do_convert_rgb has nothing to decide.
    private static readonly HashSet<string> KnownSteps =
        ["do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_pad", "do_convert_rgb"];

    private readonly string _file;
    private readonly JsonElement _json;

    private ImageProcessorConfigReader(string file, JsonElement json) => (_file, _json) = (file, json);

    /// <exception cref="ImageProcessorException">A value that is malformed, or that changes numbers and is not implemented.</exception>
    public static ImageProcessorConfig Read(string file, JsonElement json) => new ImageProcessorConfigReader(file, json).Read();

    private ImageProcessorConfig Read()
    {
        var kind = Kind();
        bool siglip = kind == ImageProcessorKind.Siglip, next = kind == ImageProcessorKind.LlavaNext;
        RefuseUnknownSteps();

        bool pad = Flag("do_pad", next);
        if (pad && kind is not (ImageProcessorKind.Llava or ImageProcessorKind.LlavaNext))
            throw Refuse("do_pad", "padding is implemented for LlavaImageProcessor and LlavaNextImageProcessor only");
        if (Value("pad_size") is not null)
            throw Refuse("pad_size", "padding to a fixed size is not implemented");
        if (Value("data_format") is { } format && !(format.ValueKind == JsonValueKind.String && format.GetString() == "channels_first"))
            throw Refuse("data_format", "only channels_first is implemented");

        bool crop = Flag("do_center_crop", !siglip);
        if (crop && siglip && Value("crop_size") is null)
            throw Refuse("crop_size", "do_center_crop needs it");
        var config = new ImageProcessorConfig
        {
            Kind = kind,
            DoResize = Flag("do_resize", true),
            Size = Size(siglip),
            Resample = Filter(),
            DoCenterCrop = crop,
            CropSize = CropSize(),
            DoRescale = Flag("do_rescale", true),
            RescaleFactor = Value("rescale_factor") is { } factor ? Number("rescale_factor", factor) : 1.0 / 255,
            DoNormalize = Flag("do_normalize", true),
            Mean = Channels("image_mean", siglip ? Half : ClipMean),
            Std = Channels("image_std", siglip ? Half : ClipStd),
            DoPad = pad,
            Pinpoints = next ? Pinpoints() : [],
        };
        if (config.DoNormalize && config.Std.Contains(0))
            throw Refuse("image_std", "0 is not allowed");
        if (next)
            CheckTiles(config);
        return config;
    }

    private ImageProcessorKind Kind()
    {
        string key = Value("image_processor_type") is null && Value("feature_extractor_type") is not null
            ? "feature_extractor_type" : "image_processor_type";
        if (Value(key) is not { ValueKind: JsonValueKind.String } value)
            throw Refuse(key, "the name of the image processor is missing");
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
            _ => throw Refuse(key, $"'{name}' is not implemented; CLIPImageProcessor, SiglipImageProcessor, LlavaImageProcessor "
                + "and LlavaNextImageProcessor are"),
        };
    }

    /// <summary>A step that is switched on and not known here would change the pixels; other unknown keys mean nothing to these types.</summary>
    private void RefuseUnknownSteps()
    {
        foreach (var property in _json.EnumerateObject())
        {
            bool step = property.Name.StartsWith("do_", StringComparison.Ordinal) && !KnownSteps.Contains(property.Name);
            if (step && property.Value.ValueKind is not (JsonValueKind.False or JsonValueKind.Null))
                throw Refuse(property.Name, "this step is not implemented");
        }
    }

    private TargetSize Size(bool siglip)
    {
        if (Value("size") is not { } size)
            return siglip ? TargetSize.Exact(224, 224) : TargetSize.Shortest(224);
        switch (size.ValueKind)
        {
            case JsonValueKind.Number:
                bool square = Flag("default_to_square", false);
                return square ? TargetSize.Exact(Side("size", size), Side("size", size)) : TargetSize.Shortest(Side("size", size));
            case JsonValueKind.Object when Keys(size) is ["shortest_edge"]:
                return TargetSize.Shortest(Side("size.shortest_edge", size.GetProperty("shortest_edge")));
            default:
                var (height, width) = Rectangle("size", size, "a number, shortest_edge alone, or height and width");
                return TargetSize.Exact(height, width);
        }
    }

    private (int Height, int Width) CropSize()
    {
        if (Value("crop_size") is not { } size)
            return (224, 224);
        if (size.ValueKind != JsonValueKind.Number)
            return Rectangle("crop_size", size, "a number, or height and width");
        int side = Side("crop_size", size);
        return (side, side);
    }

    private (int Height, int Width) Rectangle(string key, JsonElement size, string allowed)
    {
        if (size.ValueKind == JsonValueKind.Array && size.GetArrayLength() == 2)
            return (Side(key, size[0]), Side(key, size[1]));
        if (size.ValueKind == JsonValueKind.Object && Keys(size) is ["height", "width"])
            return (Side($"{key}.height", size.GetProperty("height")), Side($"{key}.width", size.GetProperty("width")));
        throw Refuse(key, $"{Shown(size)} is not implemented; {allowed} are allowed");
    }

    private ResampleFilter Filter()
    {
        if (Value("resample") is not { } value)
            return ResampleFilter.Bicubic;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) && number is >= 0 and <= 5)
            return (ResampleFilter)number;
        throw Refuse("resample", $"{Shown(value)} is not a filter; 0 (nearest), 1 (lanczos), 2 (bilinear), 3 (bicubic), 4 (box), 5 (hamming) are");
    }

    private double[] Channels(string key, double[] absent)
    {
        if (Value(key) is not { } value)
            return absent;
        if (value.ValueKind == JsonValueKind.Number)
            return [.. Enumerable.Repeat(Number(key, value), 3)];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw Refuse(key, $"{Shown(value)}: three numbers are needed");
        return [.. value.EnumerateArray().Select(v => Number(key, v))];
    }

    private (int Height, int Width)[] Pinpoints()
    {
        const string Key = "image_grid_pinpoints";
        if (Value(Key) is not { } value)
            return [.. DefaultPinpoints.Select(p => (p[0], p[1]))];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > MaxPinpoints)
            throw Refuse(Key, $"1 to {MaxPinpoints} pairs of height and width are needed");
        return [.. value.EnumerateArray().Select(p => Rectangle(Key, p, "pairs of height and width"))];
    }

    /// <summary>The whole image and its tiles, also the rest at the edge of a resolution, stand in one tensor: they must come out equal.</summary>
    private void CheckTiles(ImageProcessorConfig config)
    {
        var view = new ViewTransform(config);
        int tile = LlavaNextProcessor.TileSide(config);
        var whole = view.LayoutOfResized(config.Size.Width, config.Size.Height);
        foreach (var (height, width) in config.Pinpoints)
        {
            long tiles = 1 + (long)((height + tile - 1) / tile) * ((width + tile - 1) / tile);
            if (tiles * 3 * whole.Height * whole.Width > ViewTransform.MaxValues)
                throw Refuse("image_grid_pinpoints", $"{height}x{width} would give {tiles} tiles of {whole.Height}x{whole.Width}, which is too much");
            foreach (int w in new[] { Math.Min(width, tile), width % tile })
            {
                foreach (int h in new[] { Math.Min(height, tile), height % tile })
                {
                    if (w == 0 || h == 0)
                        continue;
                    var cut = view.Layout(w, h);
                    if ((cut.Width, cut.Height) != (whole.Width, whole.Height))
                    {
                        throw Refuse("image_grid_pinpoints", $"tiles of {height}x{width} would have {cut.Height}x{cut.Width} pixels, "
                            + $"the whole image {whole.Height}x{whole.Width}");
                    }
                }
            }
        }
    }

    private JsonElement? Value(string key) =>
        _json.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private bool Flag(string key, bool absent) => Value(key) switch
    {
        null => absent,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Refuse(key, $"{Shown(other)} is neither true nor false"),
    };

    private int Side(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int side) && side is >= 1 and <= MaxSide
            ? side : throw Refuse(key, $"{Shown(value)} is not a whole number from 1 to {MaxSide}");

    private double Number(string key, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number : throw Refuse(key, $"{Shown(value)} is not a number");

    /// <summary>The keys of a size that are not null, in order of the alphabet.</summary>
    private static string[] Keys(JsonElement size) =>
        [.. size.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name).Distinct().Order(StringComparer.Ordinal)];

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= 60 ? text : text[..60] + "…";
    }

    private ImageProcessorException Refuse(string key, string problem) => new(_file, key, problem);
}
