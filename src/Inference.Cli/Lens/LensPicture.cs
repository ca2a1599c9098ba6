using Inference.Cli.Output;

namespace Inference.Cli.Lens;

/// <summary>
/// The lens as a picture: a column a generated token, a row a layer with the last on top. A cell shows the layer's best token, darker the
/// surer it is, framed where it is the token that was generated.
/// </summary>
internal static class LensPicture
{
    private const int Labels = 76, CellWidth = 62, CellHeight = 20, Gap = 2, BaseLine = 14, LongestToken = 9;
    private static readonly (int Red, int Green, int Blue) Sure = (8, 81, 156);

    public static string Draw(LensResult result, string prompt)
    {
        var picture = new SvgPicture();
        picture.Text(8, BaseLine + 4, prompt);
        var top = CellHeight + 8;
        for (var layer = 0; layer < result.Layers; layer++)
        {
            var y = top + ((result.Layers - 1 - layer) * CellHeight);
            picture.Text(Labels - 6, y + BaseLine, layer == 0 ? "embeddings" : $"layer {layer}", anchor: "end");
            for (var step = 0; step < result.Steps.Count; step++)
            {
                var best = result.Steps[step][layer][0];
                var (fill, text) = SvgPicture.Shade(best.Probability, Sure);
                var frame = best.Id == result.Generated[step] ? "#e6550d" : null;
                var x = Labels + (step * CellWidth);
                picture.Box(x, y, CellWidth - Gap, CellHeight - Gap, fill, frame);
                picture.Text(x + ((CellWidth - Gap) / 2), y + BaseLine, Short(result.Spell(best.Id)), text, "middle");
            }
        }

        var bottom = top + (result.Layers * CellHeight) + BaseLine;
        picture.Text(Labels - 6, bottom, "generated", anchor: "end");
        for (var step = 0; step < result.Generated.Count; step++)
        {
            picture.Text(
                Labels + (step * CellWidth) + ((CellWidth - Gap) / 2), bottom, Short(result.Spell(result.Generated[step])), "#e6550d",
                "middle");
        }

        return picture.ToString($"Best token of every layer while the model answers: {result.Text}");
    }

    private static string Short(string token)
    {
        var text = token.Trim();
        return text.Length <= LongestToken ? text : text[..(LongestToken - 1)] + "…";
    }
}
