using System.CommandLine;
using System.Text.Json;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Grounding.Evaluation;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox eval chair</c>: object hallucination of captions.</summary>
internal static class EvalChairCommand
{
    public static Command Create(Terminal terminal)
    {
        var captions = EvaluationFile.Option("--captions", "Captions as JSONL: {\"image_id\": …, \"text\": …}.");
        var objects = EvaluationFile.Option("--objects", "Objects in each image: {\"objects\": {image: [object, …]}}, gzip or plain.");
        var synonyms = EvaluationFile.Option("--synonyms", "Words of each object: {\"inverse_synonyms\": {…}, \"double_words\": {…}}.");
        var json = CommonOptions.Json();
        var command = new Command("chair", "Score captions by CHAIR: how many name objects that are not in the image.")
        {
            captions, objects, synonyms, json,
        };
        command.SetAction(parsed =>
        {
            using var captionFile = EvaluationFile.Open(parsed.GetValue(captions)!);
            using var objectFile = EvaluationFile.Open(parsed.GetValue(objects)!);
            using var synonymFile = EvaluationFile.Open(parsed.GetValue(synonyms)!);
            var score = ChairScorer.Score(captionFile.Source, objectFile.Source, synonymFile.Source);
            Json.Report(terminal, parsed.GetValue(json), writer => Write(writer, score), () => Print(terminal, score));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter writer, ChairScore score)
    {
        writer.WriteScore("chair_s", score.SentenceRate);
        writer.WriteScore("chair_i", score.InstanceRate);
        writer.WriteScore("recall", score.Recall);
        writer.WriteScore("length", score.Length);
        writer.WriteNumber("captions", score.Captions);
        writer.WriteNumber("mentions", score.Mentions);
        writer.WriteStartObject("confidence_95");
        writer.WriteInterval("chair_s", score.SentenceInterval);
        writer.WriteInterval("chair_i", score.InstanceInterval);
        writer.WriteInterval("recall", score.RecallInterval);
        writer.WriteEndObject();
    }

    private static void Print(Terminal terminal, ChairScore score)
    {
        var table = new ScoreTable()
            .Percent("CHAIR sentence", score.SentenceRate, score.SentenceInterval)
            .Percent("CHAIR instance", score.InstanceRate, score.InstanceInterval)
            .Percent("recall", score.Recall, score.RecallInterval)
            .Number("words per caption", score.Length);
        table.Print(terminal);
        terminal.Note($"{score.Captions} captions, {score.Mentions} mentions of objects");
    }
}
