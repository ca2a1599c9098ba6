using System.Text;
using System.Text.Json;
using Inference.Models.Imaging.Processors;

namespace Inference.Models.Imaging;

/// <summary>
/// Turns pixels into what a vision tower reads, as transformers' Pillow-backed processors do: CLIPImageProcessor,
/// SiglipImageProcessor, LlavaImageProcessor and LlavaNextImageProcessor. Instances are immutable and may be shared by threads.
/// </summary>
public abstract class ImageProcessor
{
    private const int MaxConfigBytes = 4 << 20;

    private protected ImageProcessor(ImageProcessorConfig config)
    {
        Config = config;
        Preset = config.Fingerprint();
    }

    /// <summary>Everything that decides the numbers as one line, for cache keys (<see cref="ImageDigest.OfPixels"/>).</summary>
    public string Preset { get; }

    private protected ImageProcessorConfig Config { get; }

    /// <summary>Sizes, tiles and box geometry for an image of the given size; nothing is decoded.</summary>
    /// <exception cref="ImageException">The processor cannot take an image of this size.</exception>
    public abstract ImagePlan Plan(int width, int height);

    /// <summary>Resizes, crops, pads and normalises.</summary>
    /// <exception cref="ImageException">The processor cannot take an image of this size.</exception>
    public abstract PixelValues Process(RgbImage image);

    /// <summary>
    /// Reads a model folder: the image_processor part of processor_config.json where there is one, else preprocessor_config.json.
    /// </summary>
    /// <exception cref="ImageProcessorException">No file, a malformed one, or a setting that is not implemented.</exception>
    public static ImageProcessor FromFolder(string folder)
    {
        var (file, json) = FindJson(folder);
        return FromJson(json, file);
    }

    /// <summary>The JSON that <see cref="FromFolder"/> reads, and the file it stands in.</summary>
    internal static (string File, byte[] Json) FindJson(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string nested = Path.Combine(folder, "processor_config.json"), plain = Path.Combine(folder, "preprocessor_config.json");
        if (File.Exists(nested))
        {
            using var document = Parse(nested, ReadFile(nested));
            if (document.RootElement.TryGetProperty("image_processor", out var part) && part.ValueKind == JsonValueKind.Object)
                return (nested, Encoding.UTF8.GetBytes(part.GetRawText()));
        }
        if (!File.Exists(plain))
            throw new ImageProcessorException(
                plain, "image_processor", "neither this file nor processor_config.json describes an image processor");
        return (plain, ReadFile(plain));
    }

    /// <summary>Reads JSON as preprocessor_config.json has it, or as processor_config.json has it under image_processor.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="ImageProcessorException">Malformed, or a setting that is not implemented.</exception>
    public static ImageProcessor FromJson(ReadOnlySpan<byte> utf8, string name = "preprocessor_config.json")
    {
        var config = ReadConfig(name, utf8);
        return config.Kind == ImageProcessorKind.LlavaNext ? new LlavaNextProcessor(config) : new SingleViewProcessor(config);
    }

    /// <summary>The settings in JSON as <see cref="FromJson"/> takes it.</summary>
    internal static ImageProcessorConfig ReadConfig(string name, ReadOnlySpan<byte> utf8)
    {
        using var document = Parse(name, utf8.ToArray());
        var root = document.RootElement;
        bool nested = root.TryGetProperty("image_processor", out var part) && part.ValueKind == JsonValueKind.Object;
        return ImageProcessorConfigReader.Read(name, nested ? part : root);
    }

    private protected static void CheckSize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MaxConfigBytes)
                throw new ImageProcessorException(path, "file", $"more than {MaxConfigBytes} bytes");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ImageProcessorException(path, "file", "cannot be read", e);
        }
    }

    private static JsonDocument Parse(string file, byte[] utf8)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8);
        }
        catch (JsonException e)
        {
            throw new ImageProcessorException(file, "file", "not valid JSON", e);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        throw new ImageProcessorException(file, "file", "not a JSON object");
    }
}
