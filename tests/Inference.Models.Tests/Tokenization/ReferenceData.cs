using System.IO.Compression;
using System.Text.Json;
using Inference.Models.Tokenization;
using Inference.Testing;

namespace Inference.Models.Tests.Tokenization;

/// <summary>A text with what the tokenizers library makes of it.</summary>
internal sealed record ReferenceCase(string Text, int[] Ids, int[] IdsWithSpecial, int[] Ordinary, string Decoded, string DecodedSkip);

/// <summary>Ids with what the tokenizers library decodes them to.</summary>
internal sealed record ReferenceDecode(int[] Ids, string Kept, string Skipped);

/// <summary>Reads the folder Data (see the README there).</summary>
internal static class ReferenceData
{
    public static IReadOnlyList<string> Pipelines { get; } =
    [
        "llama2", "llama3", "llama-metaspace", "mistral", "qwen2", "gemma", "gemma2", "smollm2", "tekken", "golden-llama", "golden-qwen2",
    ];

    public static string Folder { get; } = Path.Combine(Goldens.Root, "..", "Inference.Models.Tests", "Tokenization", "Data");

    public static Tokenizer Tokenizer(string pipeline) => pipeline switch
    {
        "golden-llama" => Models.Tokenization.Tokenizer.Load(Goldens.Folder(Goldens.ClipLlama)),
        "golden-qwen2" => Models.Tokenization.Tokenizer.Load(Goldens.Folder(Goldens.SiglipQwen2)),
        "llama2" => Models.Tokenization.Tokenizer.Parse(Unpack("llama2.tokenizer.json.gz"), pipeline),
        _ => Models.Tokenization.Tokenizer.Load(Path.Combine(Folder, $"{pipeline}.tokenizer.json")),
    };

    public static IReadOnlyList<ReferenceCase> Cases(string pipeline)
    {
        using var document = JsonDocument.Parse(Unpack($"{pipeline}.cases.json.gz"));
        return Cases(document.RootElement);
    }

    public static IReadOnlyList<ReferenceCase> Cases(JsonElement owner) =>
    [
        .. owner.GetProperty("cases").EnumerateArray().Select(entry => new ReferenceCase(
            entry.GetProperty("text").GetString()!,
            Ids(entry, "ids"),
            Ids(entry, "ids_with_special"),
            entry.TryGetProperty("ordinary", out _) ? Ids(entry, "ordinary") : [],
            entry.GetProperty("decoded").GetString()!,
            entry.GetProperty("decoded_skip").GetString()!)),
    ];

    public static IReadOnlyList<ReferenceDecode> Decodes(string pipeline)
    {
        using var document = JsonDocument.Parse(Unpack($"{pipeline}.cases.json.gz"));
        return
        [
            .. document.RootElement.GetProperty("decodes").EnumerateArray().Select(entry => new ReferenceDecode(
                Ids(entry, "ids"), entry.GetProperty("keep").GetString()!, entry.GetProperty("skip").GetString()!)),
        ];
    }

    public static byte[] Unpack(string file)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(Folder, file)), CompressionMode.Decompress);
        using var result = new MemoryStream();
        stream.CopyTo(result);
        return result.ToArray();
    }

    private static int[] Ids(JsonElement entry, string name) => [.. entry.GetProperty(name).EnumerateArray().Select(id => id.GetInt32())];
}
