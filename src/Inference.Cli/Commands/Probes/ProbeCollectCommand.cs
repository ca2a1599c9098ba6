using System.CommandLine;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Evaluation.Scenes;
using Inference.Grounding.Probes.Collection;
using Inference.Grounding.Probes.Data;

namespace Inference.Cli.Commands.Probes;

/// <summary><c>glassbox probe collect</c>: a model's answers with hidden states and labels.</summary>
internal static class ProbeCollectCommand
{
    private const int DefaultContext = 2048;

    // Rows of a step, all of which may be rows of answers whose distributions are wanted.
    private const int StepRows = 512;

    public static Command Create(Terminal terminal)
    {
        var options = new ProbeCollectOptions();
        var json = CommonOptions.Json();
        var command = new Command(
            "collect", "Write a model's answers with hidden states, and which of their parts are hallucinated, to a folder.") { json };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = options.Read(parsed);
            var (writer, layers) = await RunAsync(terminal, settings, cancellationToken);
            if (parsed.GetValue(json))
            {
                Json.Print(terminal, output =>
                {
                    output.WriteString("out", Path.GetFullPath(settings.Output));
                    output.WriteNumber("answers", writer.Answers);
                    output.WriteNumber("tokens", writer.Tokens);
                    output.WriteNumber("spans", writer.Spans.All);
                    output.WriteNumber("hallucinated", writer.Spans.Hallucinated);
                    output.WriteNumbers("layers", layers.Select(layer => (long)layer));
                });
            }
            else
            {
                terminal.Note($"{settings.Output}: {writer.Answers} answers, {writer.Tokens} tokens, {writer.Spans.All} labelled spans, " +
                    $"{writer.Spans.Hallucinated} of them hallucinated");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<(ProbeDataWriter Writer, IReadOnlyList<int> Layers)> RunAsync(
        Terminal terminal, ProbeCollectSettings settings, CancellationToken cancellationToken)
    {
        var context = settings.Model.Context ?? DefaultContext;
        using var backend = new CpuBackend(new CpuOptions { Threads = settings.Model.Threads });
        var named = settings.Model.Model;
        var model = await Loading.RunAsync(
            terminal, $"loading {named.Name}",
            progress => named.Load(backend, context, progress, settings.Model.Weights, settings.Model.Packs));
        using var host = new ModelHost(backend, [model], new ModelHostOptions
        {
            Engine = new EngineOptions { ContextLength = context, StepRows = StepRows, MaxOutputs = StepRows, MaxQueue = int.MaxValue },
            ApplyExifOrientation = settings.Model.ApplyExifOrientation,
        });

        var layers = Layers(settings, model.Model.Decoder.Shape.Layers);
        var sampling = model.Resolve(settings.Sampling, settings.Seed);
        var collector = new ProbeCollector(host, model, new CollectionOptions
        {
            Layers = layers,
            Sampling = sampling with { MaxTokens = settings.Sampling.MaxTokens ?? ProbeCollectOptions.DefaultTokens },
            Seed = settings.Seed,
            Samples = settings.Samples,
            AsksCaption = settings.AsksCaption,
            AsksDetail = settings.AsksDetail,
            Degradations = settings.Degradations,
        });

        using var source = EvaluationFile.Open(settings.Labels);
        using var writer = new ProbeDataWriter(settings.Output, collector.Describe(settings.Source), settings.IsHalf);
        if (settings.LabelsAreScenes)
        {
            var scenes = SceneSet.Read(source.Source, settings.Limit ?? int.MaxValue);
            await collector.CollectAsync(scenes, settings.Images, writer, cancellationToken);
        }
        else
        {
            var texts = LabelledTextFile.Read(source.Source).Take(settings.Limit ?? int.MaxValue);
            await collector.CollectAsync(texts, settings.Images, writer, cancellationToken);
        }

        writer.Complete();
        return (writer, layers);
    }

    private static IReadOnlyList<int> Layers(ProbeCollectSettings settings, int layers)
    {
        var chosen = settings.Layers ?? CollectionOptions.UsualLayers(layers);
        return chosen[^1] <= layers
            ? chosen
            : throw new UsageException($"--layers: found {chosen[^1]}; allowed: 0 to {layers}, the layers of the model");
    }
}
