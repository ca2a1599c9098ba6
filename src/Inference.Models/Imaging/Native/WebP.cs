using System.Runtime.InteropServices;

namespace Inference.Models.Imaging.Native;

/// <summary>libwebp 1.x, simple decoding API.</summary>
internal static unsafe partial class WebP
{
    public const string Library = "libwebp.so.7";
    public const string Package = "libwebp7";

    /// <summary>Returns null for data that cannot be decoded or does not fit into <paramref name="outputLength"/>.</summary>
    [LibraryImport(Library, EntryPoint = "WebPDecodeRGBInto")]
    public static partial byte* DecodeRgbInto(byte* data, nuint length, byte* output, nuint outputLength, int stride);
}
