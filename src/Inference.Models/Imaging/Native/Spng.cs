using System.Runtime.InteropServices;

namespace Inference.Models.Imaging.Native;

/// <summary>libspng 0.7.</summary>
internal static unsafe partial class Spng
{
    public const string Library = "libspng.so.0";
    public const string Package = "libspng0";

    public const int FormatRgb8 = 4;

    /// <summary>The samples as the file has them, 16 bit in host byte order.</summary>
    public const int FormatPng = 256;

    [LibraryImport(Library, EntryPoint = "spng_ctx_new")]
    public static partial nint New(int flags);

    [LibraryImport(Library, EntryPoint = "spng_ctx_free")]
    public static partial void Free(nint context);

    [LibraryImport(Library, EntryPoint = "spng_set_png_buffer")]
    public static partial int SetBuffer(nint context, byte* data, nuint length);

    [LibraryImport(Library, EntryPoint = "spng_set_image_limits")]
    public static partial int SetImageLimits(nint context, uint width, uint height);

    [LibraryImport(Library, EntryPoint = "spng_decoded_image_size")]
    public static partial int DecodedImageSize(nint context, int format, out nuint length);

    [LibraryImport(Library, EntryPoint = "spng_decode_image")]
    public static partial int DecodeImage(nint context, byte* output, nuint length, int format, int flags);
}
