using System.Globalization;
using Inference.Cli.Output;
using Inference.Grounding;
using Inference.Models.Imaging;
using Inference.Models.Regions;
using Spectre.Console;

namespace Inference.Cli.Demo;

/// <summary>What the demo shows: a picture and streaming text where a person watches, plain lines elsewhere.</summary>
internal sealed class DemoScreen(Terminal terminal)
{
    // Two characters a pixel: fits a terminal of 80 columns.
    private const int PictureWidth = 32;
    private static readonly Color[] Colors = [Color.Blue, Color.Orange1, Color.Green, Color.Fuchsia, Color.Red, Color.Teal];

    /// <summary>A name and what it is.</summary>
    public void Fact(string name, string value)
    {
        if (terminal.IsInteractive)
        {
            terminal.LineConsole().MarkupLineInterpolated($"[grey]{name,-8}[/] {value}");
        }
        else
        {
            terminal.Out.WriteLine($"{name,-8} {value}");
        }
    }

    /// <summary>The picture with its regions, only where a person watches.</summary>
    public void Picture(RgbImage image, IReadOnlyList<Box> regions)
    {
        if (!terminal.IsInteractive)
        {
            return;
        }

        var canvas = new Canvas(PictureWidth, PictureWidth * image.Height / image.Width);
        for (var y = 0; y < canvas.Height; y++)
        {
            for (var x = 0; x < canvas.Width; x++)
            {
                var pixel = image.Row(y * image.Height / canvas.Height)[(x * image.Width / canvas.Width * 3)..];
                canvas.SetPixel(x, y, new Color(pixel[0], pixel[1], pixel[2]));
            }
        }

        for (var i = 0; i < regions.Count; i++)
        {
            Outline(canvas, regions[i], (double)canvas.Width / image.Width, Colors[i % Colors.Length]);
        }

        terminal.Console().Write(canvas);
    }

    /// <summary>What stands in front of a region's text.</summary>
    public void Label(int region, Box box)
    {
        if (terminal.IsInteractive)
        {
            var color = Colors[region % Colors.Length].ToMarkup();
            terminal.LineConsole().Markup($"[{color}]■[/] [grey]{Markup.Escape(RegionStream.Format(box))}[/] ");
        }
        else
        {
            terminal.Out.Write($"{RegionStream.Format(box)} ");
        }
    }

    /// <summary>Where a description was found again.</summary>
    public void Located(int region, Box box, string phrase, Box? found)
    {
        Label(region, box);
        var overlap = found is { } there ? Overlap.IntersectionOverUnion(box, there) : 0;
        var where = found is { } at ? RegionStream.Format(at) : "nowhere";
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\"{phrase}\" → {where}, IoU {overlap:0.00}"));
    }

    private static void Outline(Canvas canvas, Box box, double scale, Color color)
    {
        var (left, top) = (Cell(box.X1, canvas.Width), Cell(box.Y1, canvas.Height));
        var (right, bottom) = (Cell(box.X2, canvas.Width), Cell(box.Y2, canvas.Height));
        for (var x = left; x <= right; x++)
        {
            canvas.SetPixel(x, top, color);
            canvas.SetPixel(x, bottom, color);
        }

        for (var y = top; y <= bottom; y++)
        {
            canvas.SetPixel(left, y, color);
            canvas.SetPixel(right, y, color);
        }

        int Cell(double value, int size) => Math.Clamp((int)(value * scale), 0, size - 1);
    }
}
