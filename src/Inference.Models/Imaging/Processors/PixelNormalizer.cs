namespace Inference.Models.Imaging.Processors;

/// <summary>
/// Rescaling and normalising as one table per channel: a byte has only 256 values, so float results equal those of transformers
/// (rescale in float64, rounded to float32; subtract and divide in float32).
/// </summary>
internal sealed class PixelNormalizer
{
    private readonly float[] _table = new float[3 * 256]; // [channel, byte]

    public PixelNormalizer(ImageProcessorConfig config)
    {
        for (int channel = 0; channel < 3; channel++)
        {
            float mean = (float)config.Mean[channel], std = (float)config.Std[channel];
            for (int value = 0; value < 256; value++)
            {
                float scaled = config.DoRescale ? (float)(value * config.RescaleFactor) : value;
                _table[channel * 256 + value] = config.DoNormalize ? (scaled - mean) / std : scaled;
            }
        }
    }

    /// <summary>Writes the image at (x, y) of a tile; what it leaves free is normalised black.</summary>
    /// <param name="image">[height, width, 3] bytes that fit into the tile at that place.</param>
    /// <param name="x">Column of the tile.</param>
    /// <param name="y">Row of the tile.</param>
    /// <param name="width">Columns of the tile.</param>
    /// <param name="tile">[3, height, width]</param>
    public void Write(RgbImage image, int x, int y, int width, Span<float> tile)
    {
        int plane = tile.Length / 3;
        for (int channel = 0; channel < 3; channel++)
        {
            ReadOnlySpan<float> table = _table.AsSpan(channel * 256, 256);
            var values = tile.Slice(channel * plane, plane);
            if (image.Pixels.Length != tile.Length)
                values.Fill(table[0]);
            for (int row = 0; row < image.Height; row++)
            {
                var source = image.Row(row)[channel..];
                var target = values.Slice((y + row) * width + x, image.Width);
                for (int i = 0, from = 0; i < target.Length; i++, from += 3)
                    target[i] = table[source[from]];
            }
        }
    }
}
