using Inference.Engine;
using Inference.Grounding;
using Inference.Models;
using Inference.Models.Imaging;
using Inference.Models.Regions;
using Inference.Models.Vision;

namespace Inference.Cli.Pictures;

/// <summary>An image and which parts of it are still seen, from the encoder to the last stage.</summary>
/// <param name="Image">The upright original.</param>
/// <param name="Region">What was asked about, in its pixels, or null.</param>
/// <param name="Stages">The areas of the rows that remain: after the encoder where it was reduced, then after each stage.</param>
internal sealed record PatchPanels(RgbImage Image, Box? Region, IReadOnlyList<IReadOnlyList<PatchArea>> Stages)
{
    /// <summary>The panels of a request's images, LLaVA-NeXT's tiles apart from the view of the whole.</summary>
    /// <param name="model">Whose encoder.</param>
    /// <param name="images">The images as decoded, and as the engine knows them.</param>
    /// <param name="usage">What remained; null: everything.</param>
    /// <param name="region">What was asked about, or null.</param>
    public static IReadOnlyList<PatchPanels> Of(
        VisionLanguageModel model, IReadOnlyList<(RgbImage Pixels, PreparedImage Image)> images, PruningUsage? usage, Box? region)
    {
        List<PatchPanels> panels = [];
        var (encoded, prompt) = (0, 0);
        foreach (var (pixels, image) in images)
        {
            var areas = model.Vision!.Areas(image.Image.Plan, image.Image.Reduction);
            List<IReadOnlyList<PatchArea>> stages = [];
            if (usage is { EncodedTokens: not null })
            {
                areas = usage.ChosenRows.Count == 0 ? areas : Pick(areas, usage.ChosenRows, encoded, image.Image.EncodedRows);
                stages.Add(areas);
            }

            stages.AddRange((usage?.KeptRows ?? []).Select(kept => Pick(areas, kept, prompt, image.Rows)));
            (encoded, prompt) = (encoded + image.Image.EncodedRows, prompt + image.Rows);
            panels.AddRange(from isTile in areas.Where(area => !area.IsEmpty).Select(area => area.IsTile).Distinct()
                            select new PatchPanels(pixels, region, [.. stages.Select(stage => Only(stage, isTile))]));
        }

        return panels;
    }

    private static List<PatchArea> Pick(IReadOnlyList<PatchArea> areas, IReadOnlyList<int> kept, int first, int count) =>
        [.. kept.Where(row => row >= first && row < first + count).Select(row => areas[row - first])];

    private static List<PatchArea> Only(IReadOnlyList<PatchArea> areas, bool isTile) =>
        [.. areas.Where(area => !area.IsEmpty && area.IsTile == isTile)];
}
