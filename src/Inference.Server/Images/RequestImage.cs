using Inference.Models.Imaging;
using Inference.Models.Vision;

namespace Inference.Server.Images;

/// <summary>An image of a request that passed all checks that need no decoding.</summary>
/// <param name="Field">Its path in the request.</param>
/// <param name="Sha256">Digest of the file.</param>
/// <param name="Bytes">The encoded file.</param>
/// <param name="Info">What its header says.</param>
/// <param name="Plan">What the model's image processor will make of it.</param>
/// <param name="Rows">Rows it takes in the prompt.</param>
/// <param name="Reduction">How its rows became that few, or null.</param>
internal sealed record RequestImage(
    string Field, string Sha256, ReadOnlyMemory<byte> Bytes, ImageInfo Info, ImagePlan Plan, int Rows, ImageReduction? Reduction = null)
{
    // Three bytes a pixel of ours, up to six within a decoder (ImageLimits), and the floats of the tiles.
    private const int DecodeBytesPerPixel = 9;

    /// <summary>Bytes of memory while it is decoded.</summary>
    public long DecodeBytes => (long)Info.Width * Info.Height * DecodeBytesPerPixel;

    /// <summary>Bytes of memory from then until it is encoded, and of each copy under noise.</summary>
    public long TileBytes => (long)Plan.Tiles * 3 * Plan.Height * Plan.Width * sizeof(float);
}
