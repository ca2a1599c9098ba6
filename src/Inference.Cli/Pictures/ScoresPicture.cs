using System.Globalization;
using Inference.Cli.Assistants;
using Inference.Cli.Output;

namespace Inference.Cli.Pictures;

/// <summary>
/// An answer as a picture: a line of text for each probe, its tokens shaded by their score; flagged words are framed, with their
/// probability below.
/// </summary>
internal static class ScoresPicture
{
    private const int Left = 8, LineHeight = 40, BoxHeight = 20, BaseLine = 14, Padding = 3, LineWidth = 900;
    private const double CharacterWidth = 6.4;
    private static readonly (int Red, int Green, int Blue) Wrong = (203, 24, 29);

    public static string Draw(AnswerProbes probes, string text)
    {
        var picture = new SvgPicture();
        var y = BaseLine + 4;
        foreach (var probe in probes.Tokens.SelectMany(token => token.Scores).Select(score => score.Probe).Distinct())
        {
            picture.Text(Left, y, probe, "#777");
            y = DrawTokens(picture, probes, probe, y + 6) + LineHeight;
        }

        return picture.ToString($"Probe scores of the answer: {text}");
    }

    private static int DrawTokens(SvgPicture picture, AnswerProbes probes, string probe, int y)
    {
        double x = Left;
        foreach (var token in probes.Tokens)
        {
            if (token.Scores.FirstOrDefault(score => score.Probe == probe) is not { Probe: not null } score)
            {
                continue;
            }

            var text = token.Text.Trim();
            var width = (2 * Padding) + Math.Round(CharacterWidth * Math.Max(1, text.Length));
            if (x + width > LineWidth)
            {
                (x, y) = (Left, y + LineHeight);
            }

            var span = probes.Spans.FirstOrDefault(
                span => span.FirstToken <= token.Index && token.Index < span.EndToken && span.Scores.Any(s => s.Probe == probe));
            // Hallucinations are rare and probabilities calibrated: the root makes what is unusual visible.
            var (fill, colour) = SvgPicture.Shade(Math.Sqrt(score.Probability), Wrong);
            picture.Box(x, y, width, BoxHeight, fill, span is null ? null : "#222");
            picture.Text(x + Padding, y + BaseLine, text, colour);
            if (span?.FirstToken == token.Index)
            {
                var probability = span.Scores.First(s => s.Probe == probe).Probability;
                picture.Text(x, y + BoxHeight + BaseLine, probability.ToString("0.00", CultureInfo.InvariantCulture), "#cb181d");
            }

            x += width + 1;
        }

        return y;
    }
}
