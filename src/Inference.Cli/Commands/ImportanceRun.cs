using System.Globalization;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Importance;

namespace Inference.Cli.Commands;

/// <summary>What a prior is estimated from.</summary>
/// <param name="Data">Annotations, or the folder that holds them.</param>
/// <param name="Layers">Layers with commas; null for 0 to L - 1.</param>
/// <param name="PerRegion">Candidates of a region.</param>
/// <param name="Regions">Regions to draw.</param>
/// <param name="Seed">Of the draws.</param>
internal sealed record ImportanceRequest(string Data, string? Layers, int PerRegion, int Regions, ulong Seed);

/// <summary>Estimates a prior with a model in this process.</summary>
internal static class ImportanceRun
{
    private const string Annotations = "annotations.jsonl";
    private const int DefaultContext = 4096;

    public static async Task<LayerPrior> EstimateAsync(
        Terminal terminal, ModelSettings settings, ImportanceRequest request, CancellationToken cancellationToken)
    {
        var path = Directory.Exists(request.Data) ? Path.Combine(request.Data, Annotations) : request.Data;
        using var file = EvaluationFile.Open(path);
        var images = AnnotatedImage.Read(file.Source);
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        var context = settings.Context ?? DefaultContext;
        var named = settings.Model;
        var model = await Loading.RunAsync(
            terminal, $"loading {named.Name}", progress => named.Load(backend, context, progress, settings.Weights, settings.Packs));
        using var host = new ModelHost(backend, [model], new ModelHostOptions
        {
            Engine = new EngineOptions { ContextLength = context, MaxQueue = int.MaxValue },
            ApplyExifOrientation = settings.ApplyExifOrientation,
        });
        var layers = ReadLayers(request.Layers, model.Model.Decoder.Shape.Layers);
        var perRegion = Math.Min(request.PerRegion, layers.Length);
        var trial = new ImportanceTrial(host, model, new ImportanceSettings(layers, perRegion, request.Regions, request.Seed));
        var home = Path.GetDirectoryName(Path.GetFullPath(path))!;
        List<IReadOnlyList<LayerOutcome>> outcomes = [];
        await foreach (var outcome in trial.RunAsync(images, image => File.ReadAllBytes(Path.Combine(home, image)), cancellationToken))
        {
            outcomes.Add(outcome);
            if (outcomes.Count % 100 == 0)
            {
                terminal.Note($"{outcomes.Count} regions");
            }
        }

        return PriorEstimate.Of(outcomes);
    }

    private static int[] ReadLayers(string? text, int blocks)
    {
        if (text is null)
        {
            return [.. Enumerable.Range(0, blocks)];
        }

        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var layers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out layers[i])
                || layers[i] > blocks || layers.AsSpan(0, i).Contains(layers[i]))
            {
                throw new UsageException($"--layers: found '{text}'; allowed: different layers of 0 to {blocks}");
            }
        }

        return layers;
    }
}
