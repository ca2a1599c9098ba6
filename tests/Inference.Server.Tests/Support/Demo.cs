using System.Text.Json;

namespace Inference.Server.Tests.Support;

/// <summary>The bundled model, its scenes, and what the reference answered about them.</summary>
internal static class Demo
{
    /// <summary>Answers whose best token leads the second by more than this do not depend on the order of sums.</summary>
    private const double SafeMargin = 0.01;

    public static string Root { get; } = Find();

    public static string Model => Path.Combine(Root, "model");

    public static byte[] Scene(string file) => File.ReadAllBytes(Path.Combine(Root, "scenes", file));

    public static byte[] FirstScene { get; } = Scene("images/0000.png");

    /// <summary>A whole header before pixels that cannot be decoded.</summary>
    public static byte[] DamagedScene { get; } = Damage(FirstScene);

    /// <summary>Question, image and answer of every safe case; the question without its chat format.</summary>
    public static IReadOnlyList<(string Image, string Question, string Answer)> Cases { get; } = ReadCases();

    private static byte[] Damage(byte[] scene)
    {
        var damaged = scene.ToArray();
        damaged.AsSpan(scene.Length / 2, 64).Fill(0xff);
        return damaged;
    }

    private static List<(string Image, string Question, string Answer)> ReadCases()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Model, "expected.json")));
        const string before = "USER: <image>\n", after = " ASSISTANT:";
        return
        [
            .. from item in json.RootElement.GetProperty("cases").EnumerateArray()
               where item.GetProperty("min_margin").GetDouble() > SafeMargin
               let prompt = item.GetProperty("prompt").GetString()!
               select (item.GetProperty("image").GetString()!, prompt[before.Length..^after.Length], item.GetProperty("text").GetString()!),
        ];
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "weights", "demo");
            if (File.Exists(Path.Combine(candidate, "model", "expected.json")))
                return candidate;
        }
        throw new DirectoryNotFoundException($"no 'weights/demo' above {AppContext.BaseDirectory}");
    }
}
