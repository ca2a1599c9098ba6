using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Compute.Cpu;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox info</c>: the model and the machine.</summary>
internal static class InfoCommand
{
    public static Command Create(Terminal terminal)
    {
        var model = new Option<string?>("--model") { HelpName = "DIR|FILE.gguf", Description = "Model; the bundled model without it." };
        var mmproj = MmprojOption.Create();
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var json = CommonOptions.Json();
        var command = new Command("info", "Show what a model folder holds and what this machine can do.") { model, mmproj, threads, json };
        command.SetAction(parsed =>
        {
            var facts = ModelFacts.Read(MmprojOption.Read(parsed, model, mmproj));
            using var backend = new CpuBackend(new CpuOptions { Threads = parsed.GetValue(threads) ?? 0 });
            var bandwidth = CpuRoofline.MeasureReadBandwidth(backend);
            Json.Report(
                terminal, parsed.GetValue(json), writer => Write(writer, facts, backend, bandwidth),
                () => Print(terminal, facts, backend, bandwidth));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter json, ModelFacts facts, CpuBackend backend, double bandwidth)
    {
        json.WriteString("version", Product.Version);
        json.WriteString("model", facts.Folder);
        json.WriteString("family", facts.Config.Family.ToString());
        json.WriteString("model_type", facts.Config.ModelType);
        json.WriteString("decoder", facts.Config.Text.ModelType.ToString());
        json.WriteNumber("layers", facts.Config.Text.Layers);
        json.WriteNumber("hidden_size", facts.Config.Text.HiddenSize);
        json.WriteNumber("heads", facts.Config.Text.Heads);
        json.WriteNumber("kv_heads", facts.Config.Text.KvHeads);
        json.WriteNumber("intermediate_size", facts.Config.Text.IntermediateSize);
        json.WriteNumber("vocabulary_size", facts.Config.Text.VocabSize);
        json.WriteNumber("context_length", facts.Config.Text.MaxPositionEmbeddings);
        if (facts.Config.Vision is { } vision)
        {
            json.WriteString("tower", vision.ModelType.ToString());
            json.WriteNumber("tower_layers", vision.Layers);
            json.WriteNumber("tower_hidden_size", vision.HiddenSize);
            json.WriteNumber("image_size", vision.ImageSize);
            json.WriteNumber("patch_size", vision.PatchSize);
            json.WriteNumber("image_tokens", facts.ImageTokens);
        }

        json.WriteNumber("parameters", facts.Parameters);
        json.WriteNumber("weight_bytes", facts.WeightBytes);
        json.WriteString("weight_format", facts.WeightFormat);
        json.WriteString("fingerprint", facts.Fingerprint);
        json.WriteString("chat_format", facts.ChatFormat);
        json.WriteStartArray("unknown_config_keys");
        foreach (var key in facts.Config.UnknownKeys)
        {
            json.WriteStringValue(key);
        }

        json.WriteEndArray();
        json.WriteString("backend", backend.Description);
        json.WriteNumber("threads", backend.Threads);
        json.WriteNumber("memory_bytes_per_second", Math.Round(bandwidth));
    }

    private static void Print(Terminal terminal, ModelFacts facts, CpuBackend backend, double bandwidth)
    {
        var text = facts.Config.Text;
        var lines = new Facts(terminal);
        lines.Add("glassbox", Product.Version);
        lines.Add("model", facts.Folder);
        lines.Add("family", $"{facts.Config.Family} ({facts.Config.ModelType})");
        lines.Add("decoder", $"{text.ModelType}, {text.Layers} layers of {text.HiddenSize}, {text.Heads} heads over {text.KvHeads}");
        lines.Add("", $"feed-forward {text.IntermediateSize}, vocabulary {text.VocabSize}");
        if (facts.Config.Vision is { } vision)
        {
            lines.Add("tower", $"{vision.ModelType}, {vision.Layers} layers of {vision.HiddenSize}");
            var most = facts.Config.ImageGridPinpoints.Count > 0 ? "up to " : "";
            lines.Add("image", $"{vision.ImageSize} pixels in patches of {vision.PatchSize}, {most}{facts.ImageTokens} tokens");
        }

        lines.Add("context", $"{text.MaxPositionEmbeddings} positions");
        var millions = (facts.Parameters / 1e6).ToString("0.##", CultureInfo.InvariantCulture);
        lines.Add("weights", $"{millions} million in {facts.WeightFormat}, {Facts.Bytes(facts.WeightBytes)}");
        lines.Add("chat", facts.ChatFormat);
        lines.Add("fingerprint", facts.Fingerprint);
        if (facts.Config.UnknownKeys.Count > 0)
        {
            lines.Add("not used", string.Join(", ", facts.Config.UnknownKeys));
        }

        lines.Add("backend", backend.Description);
        lines.Add("memory", $"{Facts.Bytes(bandwidth)}/s read");
        lines.Print();
    }
}
