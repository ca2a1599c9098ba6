using System.Text.Json;
using Inference.Compute;
using Inference.Compute.Cpu;
using Inference.Models;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Tokenization;

namespace Inference.Benchmarks.Weights;

/// <summary>
/// What number formats of weights cost in quality, on the bundled model: greedy answers that stay the reference's, logits against float32,
/// and the mean negative log-likelihood of the reference captions given their images.
/// </summary>
internal static class WeightErrors
{
    private const int ImageRows = 64;
    private const string Caption = "USER: <image>\nDescribe the image. ASSISTANT:";

    /// <summary>Prints one row a format, and one a folder that was made of the same model.</summary>
    /// <param name="demo">Holds <c>model/</c> and <c>scenes/</c>.</param>
    /// <param name="folders">The folders.</param>
    public static void Print(string demo, IReadOnlyList<string> folders)
    {
        using var backend = new CpuBackend();
        var tokenizer = Tokenizer.Load(Path.Combine(demo, "model"));
        var encoder = new PromptEncoder(tokenizer, ImageTokenOf(tokenizer));
        Text[] texts = [.. Answers(demo, encoder), .. Captions(demo, encoder)];
        var reference = new List<float[]>();
        var own = Path.Combine(demo, "model");
        (string Name, string Folder, NumberFormat? Format)[] rows =
        [
            .. Enum.GetValues<NumberFormat>().Select(format => (format.Name(), own, (NumberFormat?)format)),
            .. folders.Select(folder => (Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), folder, (NumberFormat?)null)),
        ];
        foreach (var (name, folder, format) in rows)
        {
            using var model = VisionLanguageModel.Load(folder, backend, 256, progress: null, format);
            var scores = new Scores();
            using var run = new PromptRun(backend, model);
            for (var i = 0; i < texts.Length; i++)
            {
                var image = ImageDecoder.Decode(File.ReadAllBytes(Path.Combine(demo, "scenes", texts[i].Image)), new ImageLimits());
                var pixels = model.Processor!.Process(image);
                using var features = model.Vision!.Encode(pixels, model.Processor.Plan(image.Width, image.Height));
                var logits = run.Logits([.. texts[i].Prompt, .. texts[i].Answer], features.Rows);
                if (reference.Count == i)
                    reference.Add(logits);
                scores.Add(texts[i], logits, reference[i], model.Decoder.Shape.Vocabulary);
            }

            Console.WriteLine(
                $"{name,-16} {model.Decoder.WeightBytes,9} bytes  answers {scores.Equal}/{scores.Answers}  " +
                $"logits {scores.Difference / scores.Logits / scores.Largest:E2}  nll {scores.Nll / scores.Tokens:F5}  " +
                $"perplexity {Math.Exp(scores.Nll / scores.Tokens):F4}");
        }
    }

    private static IEnumerable<Text> Answers(string demo, PromptEncoder encoder)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(demo, "model", "expected.json")));
        foreach (var @case in file.RootElement.GetProperty("cases").EnumerateArray())
        {
            var prompt = encoder.EncodeRaw(@case.GetProperty("prompt").GetString()!, [ImageRows]).InputIds;
            int[] answer = [.. @case.GetProperty("generated").EnumerateArray().Select(id => id.GetInt32())];
            yield return new Text(@case.GetProperty("image").GetString()!, prompt, answer, IsCaption: false);
        }
    }

    private static IEnumerable<Text> Captions(string demo, PromptEncoder encoder)
    {
        foreach (var line in File.ReadLines(Path.Combine(demo, "scenes", "annotations.jsonl")))
        {
            using var scene = JsonDocument.Parse(line);
            var prompt = encoder.EncodeRaw(Caption, [ImageRows]).InputIds;
            var whole = encoder.EncodeRaw($"{Caption} {scene.RootElement.GetProperty("caption").GetString()}", [ImageRows]).InputIds;
            yield return new Text(scene.RootElement.GetProperty("image").GetString()!, prompt, whole[prompt.Length..], IsCaption: true);
        }
    }

    private static int ImageTokenOf(Tokenizer tokenizer) =>
        tokenizer.IdOf("<image>") ?? throw new InvalidDataException("The tokenizer has no <image>.");

    private sealed record Text(string Image, int[] Prompt, int[] Answer, bool IsCaption);

    private sealed class Scores
    {
        public int Answers { get; private set; }

        public int Equal { get; private set; }

        public double Difference { get; private set; }

        public long Logits { get; private set; }

        public double Largest { get; private set; }

        public double Nll { get; private set; }

        public long Tokens { get; private set; }

        public void Add(Text text, float[] logits, float[] reference, int vocabulary)
        {
            var equal = true;
            for (var i = 0; i < text.Answer.Length; i++)
            {
                // The row before a token is the one that predicts it.
                var start = (text.Prompt.Length + i - 1) * vocabulary;
                var row = logits.AsSpan(start, vocabulary);
                var exact = reference.AsSpan(start, vocabulary);
                var best = 0;
                for (var token = 0; token < vocabulary; token++)
                {
                    best = row[token] > row[best] ? token : best;
                    Difference += MathF.Abs(row[token] - exact[token]);
                    Largest = Math.Max(Largest, MathF.Abs(exact[token]));
                }

                equal &= best == text.Answer[i];
                Logits += vocabulary;
                if (text.IsCaption)
                    (Nll, Tokens) = (Nll + NegativeLogLikelihood(row, row[best], text.Answer[i]), Tokens + 1);
            }

            if (!text.IsCaption)
                (Answers, Equal) = (Answers + 1, Equal + (equal ? 1 : 0));
        }

        private static double NegativeLogLikelihood(ReadOnlySpan<float> row, float peak, int token)
        {
            var sum = 0.0;
            foreach (var logit in row)
                sum += Math.Exp(logit - peak);
            return Math.Log(sum) + peak - row[token];
        }
    }
}
