namespace Inference.Testing;

/// <summary>Finds <c>tests/goldens</c>: checkpoints with what the transformers library computed for them (see the README there).</summary>
internal static class Goldens
{
    public const string ClipLlama = "llava-clip-llama";
    public const string ClipLlamaBf16 = "llava-clip-llama-bf16";
    public const string SiglipQwen2 = "llava-siglip-qwen2";
    public const string NextMistral = "llava-next-mistral";
    public const string LlamaDeep = "llava-llama-deep";

    /// <summary>Names of the five checkpoint folders.</summary>
    public static IReadOnlyList<string> Models { get; } = [ClipLlama, ClipLlamaBf16, SiglipQwen2, NextMistral, LlamaDeep];

    /// <summary>The goldens folder, found upwards from the test assembly.</summary>
    public static string Root { get; } = Find();

    /// <summary>Full path of one checkpoint folder.</summary>
    public static string Folder(string model) => Path.Combine(Root, model);

    /// <summary>Full path of a file inside a checkpoint folder.</summary>
    public static string FileOf(string model, string file) => Path.Combine(Root, model, file);

    /// <summary>Full path of an input image.</summary>
    public static string Image(string file) => Path.Combine(Root, "images", file);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "goldens");
            if (Directory.Exists(Path.Combine(candidate, ClipLlama)))
                return candidate;
        }
        throw new DirectoryNotFoundException($"no 'goldens' folder above {AppContext.BaseDirectory}");
    }
}
