namespace Inference.Models.Vision;

/// <summary>Unfolds pixels into the rows that the patch convolution multiplies.</summary>
internal static class Patches
{
    /// <summary>
    /// pixels: [3, size, size] of one tile; rows: [patches, 3 × side²], patches in raster order, each in the order channel, row, column.
    /// Pixels that fill no whole patch are dropped, as a strided convolution does.
    /// </summary>
    public static void Unfold(ReadOnlySpan<float> pixels, VisionShape shape, Span<float> rows)
    {
        int size = shape.ImageSize, side = shape.PatchSize;
        for (var py = 0; py < shape.PatchesPerSide; py++)
        {
            for (var px = 0; px < shape.PatchesPerSide; px++)
            {
                var row = rows.Slice(((py * shape.PatchesPerSide) + px) * shape.PatchLength, shape.PatchLength);
                for (var line = 0; line < 3 * side; line++)
                {
                    var (channel, y) = Math.DivRem(line, side);
                    var start = (((channel * size) + (py * side) + y) * size) + (px * side);
                    pixels.Slice(start, side).CopyTo(row[(line * side)..]);
                }
            }
        }
    }
}
