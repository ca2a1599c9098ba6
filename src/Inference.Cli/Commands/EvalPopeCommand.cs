using System.CommandLine;
using System.Text.Json;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Grounding.Evaluation;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox eval pope</c>: yes/no questions about objects.</summary>
internal static class EvalPopeCommand
{
    public static Command Create(Terminal terminal)
    {
        var answers = EvaluationFile.Option("--answers", "Answers as JSONL: {\"question_id\": …, \"text\": …}.");
        var questions = EvaluationFile.Option(
            "--questions", "Questions as JSONL: {\"question_id\": …, \"image\": …, \"text\": …, \"label\": \"yes\" or \"no\"}.");
        var json = CommonOptions.Json();
        var command = new Command("pope", "Score answers to yes/no questions by POPE: does the model see objects that are not there.")
        {
            answers, questions, json,
        };
        command.SetAction(parsed =>
        {
            using var answerFile = EvaluationFile.Open(parsed.GetValue(answers)!);
            using var questionFile = EvaluationFile.Open(parsed.GetValue(questions)!);
            var score = PopeScorer.Score(answerFile.Source, questionFile.Source);
            Json.Report(terminal, parsed.GetValue(json), writer => Write(writer, score), () => Print(terminal, score));

            return ExitCode.Success;
        });
        return command;
    }

    private static void Write(Utf8JsonWriter writer, PopeScore score)
    {
        writer.WriteScore("accuracy", score.Accuracy);
        writer.WriteScore("precision", score.Precision);
        writer.WriteScore("recall", score.Recall);
        writer.WriteScore("f1", score.F1);
        writer.WriteScore("yes_ratio", score.YesRatio);
        writer.WriteNumber("questions", score.Questions);
        writer.WriteNumber("images", score.Images);
        writer.WriteNumber("unclear", score.Unclear);
        writer.WriteStartObject("confidence_95");
        writer.WriteInterval("accuracy", score.AccuracyInterval);
        writer.WriteInterval("f1", score.F1Interval);
        writer.WriteEndObject();
    }

    private static void Print(Terminal terminal, PopeScore score)
    {
        var table = new ScoreTable()
            .Percent("accuracy", score.Accuracy, score.AccuracyInterval)
            .Percent("precision", score.Precision)
            .Percent("recall", score.Recall)
            .Percent("F1", score.F1, score.F1Interval)
            .Percent("answers yes", score.YesRatio);
        table.Print(terminal);
        terminal.Note($"{score.Questions} questions on {score.Images} images; counted as yes without saying it: {score.Unclear}");
    }
}
