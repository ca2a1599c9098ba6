using System.Globalization;
using System.Net;
using System.Text;

namespace Inference.Cli.Output;

/// <summary>A small SVG file: boxes, curves and text on white, in pixels from the upper left corner.</summary>
internal sealed class SvgPicture
{
    private const double Margin = 8;

    private readonly StringBuilder _shapes = new();
    private double _width;
    private double _height;

    /// <summary>A filled box.</summary>
    /// <param name="x">Left.</param>
    /// <param name="y">Top.</param>
    /// <param name="width">Width.</param>
    /// <param name="height">Height.</param>
    /// <param name="fill">Colour.</param>
    /// <param name="stroke">Colour of its edge, or null.</param>
    public void Box(double x, double y, double width, double height, string fill, string? stroke = null)
    {
        Grow(x + width, y + height);
        var edge = stroke is null ? "" : $" stroke=\"{stroke}\"";
        Line($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" fill=\"{fill}\"{edge}/>");
    }

    /// <summary>A line of text.</summary>
    /// <param name="x">Where <paramref name="anchor"/> stands.</param>
    /// <param name="y">The base line.</param>
    /// <param name="text">The text.</param>
    /// <param name="fill">Colour.</param>
    /// <param name="anchor">start, middle or end.</param>
    public void Text(double x, double y, string text, string fill = "#222", string anchor = "start")
    {
        Grow(x, y);
        Line($"<text x=\"{x}\" y=\"{y}\" fill=\"{fill}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");
    }

    /// <summary>Straight lines from point to point.</summary>
    public void Curve(IReadOnlyList<(double X, double Y)> points, string stroke)
    {
        var corners = string.Join(
            ' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.##},{point.Y:0.##}")));
        Line($"<polyline points=\"{corners}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"1.5\"/>");
    }

    /// <summary>A shade between white (0) and <paramref name="full"/> (1), and the colour of text that can be read on it.</summary>
    public static (string Fill, string Text) Shade(double share, (int Red, int Green, int Blue) full)
    {
        var part = Math.Clamp(share, 0, 1);
        var fill = string.Create(CultureInfo.InvariantCulture, $"rgb({Mix(full.Red)},{Mix(full.Green)},{Mix(full.Blue)})");
        return (fill, part > 0.55 ? "#fff" : "#222");

        int Mix(int channel) => (int)Math.Round(255 + ((channel - 255) * part));
    }

    /// <summary>The file.</summary>
    /// <param name="title">What is to be seen, for those who cannot see it.</param>
    public string ToString(string title) => string.Create(CultureInfo.InvariantCulture, $"""
        <svg xmlns="http://www.w3.org/2000/svg" width="{_width}" height="{_height}" viewBox="0 0 {_width} {_height}" font-family="sans-serif" font-size="11">
        <title>{WebUtility.HtmlEncode(title)}</title>
        <rect width="100%" height="100%" fill="#fff"/>
        {_shapes}</svg>

        """);

    private void Grow(double right, double bottom) =>
        (_width, _height) = (Math.Max(_width, right + Margin), Math.Max(_height, bottom + Margin));

    private void Line(FormattableString shape) => _shapes.Append(shape.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
