using System.Text.Json;
using Inference.Cli.Hosting;
using Inference.Models.Imaging;
using Inference.Models.Regions;

namespace Inference.Cli.Demo;

/// <summary>A sample scene and where its objects are.</summary>
/// <param name="Name">File name.</param>
/// <param name="Encoded">The file.</param>
/// <param name="Pixels">The picture.</param>
/// <param name="Objects">Boxes of the objects in pixels.</param>
internal sealed record DemoScene(string Name, byte[] Encoded, RgbImage Pixels, IReadOnlyList<Box> Objects)
{
    /// <summary>Reads a scene that is bundled.</summary>
    /// <exception cref="CommandException">There is no such scene.</exception>
    public static DemoScene Load(string name)
    {
        var folder = BundledModel.FindScenes();
        foreach (var line in File.ReadLines(Path.Combine(folder, "annotations.jsonl")))
        {
            using var document = JsonDocument.Parse(line);
            var file = document.RootElement.GetProperty("image").GetString()!;
            if (Path.GetFileNameWithoutExtension(file) == name && File.Exists(Path.Combine(folder, file)))
            {
                var encoded = File.ReadAllBytes(Path.Combine(folder, file));
                var pixels = ImageDecoder.Decode(encoded);
                var objects = document.RootElement.GetProperty("objects").EnumerateArray();
                Box[] boxes = [.. objects.Select(entry => ReadBox(entry.GetProperty("box"), pixels))];
                return new DemoScene(Path.GetFileName(file), encoded, pixels, boxes);
            }
        }

        throw new CommandException($"--scene: there is no scene '{name}' in {folder}; allowed: the names of its images, such as 0003");
    }

    // 0..1, four numbers.
    private static Box ReadBox(JsonElement box, RgbImage pixels)
    {
        double[] values = [.. box.EnumerateArray().Select(value => value.GetDouble())];
        var (width, height) = (pixels.Width, pixels.Height);
        return new Box(Pixel(values[0], width), Pixel(values[1], height), Pixel(values[2], width), Pixel(values[3], height));
    }

    private static double Pixel(double value, int size) => Math.Round(value * size);
}
