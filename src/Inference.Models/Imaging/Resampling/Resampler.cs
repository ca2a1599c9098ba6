using System.Buffers;

namespace Inference.Models.Imaging.Resampling;

/// <summary>
/// Pillow 13's Image.resize on RGB, bit for bit: a horizontal and a vertical pass, 22-bit fixed-point weights, 8-bit result after
/// each pass. Only the window that is wanted is computed, from the source rows it needs.
/// </summary>
internal static class Resampler
{
    /// <returns>The window of the canvas resized to width x height.</returns>
    public static RgbImage Resize(in Canvas source, int width, int height, ResampleFilter filter, Window window)
    {
        if (window.X < 0 || window.Y < 0 || window.X > width - window.Width || window.Y > height - window.Height)
            throw new ArgumentOutOfRangeException(nameof(window), window, $"The window must lie within {width}x{height}.");
        if (filter == ResampleFilter.Nearest)
            return NearestResampler.Resize(source, width, height, window);

        var vertical = height == source.Height ? null : ResampleWeights.Compute(source.Height, height, filter, window.Y, window.Height);
        int firstRow = vertical is null ? window.Y : vertical.Starts[0];
        int lastRow = vertical is null ? window.Y + window.Height : vertical.Starts[^1] + vertical.Counts[^1];

        var result = RgbImage.Allocate(window.Width, window.Height);
        if (vertical is not null && VerticalFirst(source.Width, source.Height, width, height))
        {
            var stored = source.Store();
            var squeezed = RgbImage.Allocate(source.Width, window.Height);
            int stride = source.Width * 3;
            VerticalPass.Run(stored.Pixels.AsSpan(firstRow * stride), stride, firstRow, vertical, squeezed.Pixels);
            Horizontally(Canvas.Of(squeezed), width, filter, window, 0, window.Height, result.Pixels);
            return result;
        }

        int rowBytes = window.Width * 3;
        byte[] rows = vertical is null
            ? result.Pixels
            : ArrayPool<byte>.Shared.Rent(checked((lastRow - firstRow) * rowBytes));
        try
        {
            Horizontally(source, width, filter, window, firstRow, lastRow, rows);
            if (vertical is not null)
                VerticalPass.Run(rows, rowBytes, firstRow, vertical, result.Pixels);
            return result;
        }
        finally
        {
            if (vertical is not null)
                ArrayPool<byte>.Shared.Return(rows);
        }
    }

    /// <summary>
    /// Pillow's rule since version 13: vertical first where the height loses more than twice the pixels that the width loses. Earlier
    /// versions always begin horizontally; for such images their last bits differ.
    /// </summary>
    internal static bool VerticalFirst(int width, int height, int toWidth, int toHeight) =>
        toHeight < height && height - toHeight > 2L * (width - toWidth);

    // rows: [lastRow - firstRow, window.Width, 3]
    private static void Horizontally(
        in Canvas source, int width, ResampleFilter filter, Window window, int firstRow, int lastRow, Span<byte> rows)
    {
        var weights = width == source.Width
            ? null
            : new HorizontalPass(ResampleWeights.Compute(source.Width, width, filter, window.X, window.Width));
        int rowBytes = window.Width * 3;
        byte[] row = ArrayPool<byte>.Shared.Rent((source.Width + Canvas.Slack) * 4);
        byte[] line = ArrayPool<byte>.Shared.Rent(rowBytes + HorizontalPass.Slack);
        try
        {
            Array.Clear(row);
            int background = -1;
            for (int y = firstRow; y < lastRow; y++)
            {
                var target = rows.Slice((y - firstRow) * rowBytes, rowBytes);
                if (background >= 0 && source.IsBackground(y))
                {
                    rows.Slice(background * rowBytes, rowBytes).CopyTo(target);
                    continue;
                }
                source.CopyRow(y, row);
                if (weights is null)
                    Canvas.Compact(row.AsSpan(window.X * 4), target);
                else
                {
                    weights.Run(row, line);
                    line.AsSpan(0, rowBytes).CopyTo(target);
                }
                if (source.IsBackground(y))
                    background = y - firstRow;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(row);
            ArrayPool<byte>.Shared.Return(line);
        }
    }
}
