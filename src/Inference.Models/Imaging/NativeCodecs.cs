using System.Runtime.InteropServices;
using Inference.Models.Imaging.Native;

namespace Inference.Models.Imaging;

/// <summary>The native decoders, so that a server can say at start what is missing instead of at the first image.</summary>
public static class NativeCodecs
{
    private static readonly (string Library, string Package)[] All =
        [(TurboJpeg.Library, TurboJpeg.Package), (Spng.Library, Spng.Package), (WebP.Library, WebP.Package)];

    /// <summary>Debian packages of the decoders that cannot be loaded; empty when all are there.</summary>
    public static IReadOnlyList<string> MissingPackages()
    {
        var missing = new List<string>();
        foreach (var (library, package) in All)
        {
            if (NativeLibrary.TryLoad(library, out var handle))
                NativeLibrary.Free(handle);
            else
                missing.Add(package);
        }
        return missing;
    }

    /// <summary>Runs a call into a native decoder; a missing or too old library becomes one typed error.</summary>
    internal static RgbImage Call(string library, string package, Func<RgbImage> decode)
    {
        try
        {
            return decode();
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new ImageException(ImageError.MissingLibrary,
                $"The server cannot load {library}; install it with: apt-get install {package}", e);
        }
    }
}
