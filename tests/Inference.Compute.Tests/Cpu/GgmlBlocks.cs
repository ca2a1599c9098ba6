using System.Runtime.InteropServices;
using System.Text.Json;

namespace Inference.Compute.Tests.Cpu;

/// <summary>
/// 512 weights as ggml's reference quantised them (<c>quantize_row_*_ref</c>), and as it widened them again (<c>dequantize_row_*</c>).
/// </summary>
internal sealed record GgmlBlocks(byte[] Blocks, float[] Values)
{
    public static GgmlBlocks Read(string format)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Cpu", "Data", "ggml-blocks.json")));
        var entry = json.RootElement.GetProperty(format);
        return new GgmlBlocks(
            entry.GetProperty("blocks").GetBytesFromBase64(),
            MemoryMarshal.Cast<byte, float>(entry.GetProperty("values").GetBytesFromBase64()).ToArray());
    }
}
