using System.CommandLine;
using System.Diagnostics;
using Inference.Cli.Assistants;
using Inference.Cli.Demo;
using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Decoding.Sampling;
using Inference.Models.Regions;
using Inference.Server;
using Microsoft.Extensions.Logging;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox demo</c>: a real server on a free port, asked over gRPC about the regions of a sample scene.</summary>
internal static class DemoCommand
{
    private const int Context = 512;
    private const int Sequences = 16;

    public static Command Create(Terminal terminal)
    {
        var scene = new Option<string>("--scene")
        {
            HelpName = "NAME",
            Description = "Which of the sample scenes.",
            DefaultValueFactory = _ => "0014",
        };
        var threads = CommonOptions.Integer("--threads", "T", "Threads that share the work; one per processor without it.", 1, 1024);
        var command = new Command("demo", "Start a server with the bundled model, describe regions of a sample image over gRPC, stop.")
        {
            scene, threads,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await RunAsync(terminal, DemoScene.Load(parsed.GetValue(scene)!), parsed.GetValue(threads) ?? 0, cancellationToken);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task RunAsync(Terminal terminal, DemoScene scene, int threads, CancellationToken cancellationToken)
    {
        var screen = new DemoScreen(terminal);
        var start = Stopwatch.GetTimestamp();
        var settings = new ModelServerSettings([NamedModel.Bundled()], threads, Context, Sequences, LogLevel.Warning);
        await using var running = await ModelServer.StartAsync(terminal, new ServerOptions { Port = 0 }, settings, cancellationToken);
        screen.Fact("server", $"{running.Server.Address}, ready in {AnswerNotes.Time(Stopwatch.GetElapsedTime(start))}");
        screen.Fact("image", $"{scene.Name}, {scene.Pixels.Width} × {scene.Pixels.Height} pixels, {scene.Objects.Count} regions");
        screen.Picture(scene.Pixels, scene.Objects);

        await using var assistant = new RemoteAssistant(running.Server.Address, "");
        await DescribeAsync(terminal, screen, assistant, scene, inDetail: true, cancellationToken);
        var expressions = await DescribeAsync(terminal, screen, assistant, scene, inDetail: false, cancellationToken);
        terminal.Out.WriteLine();
        terminal.Out.WriteLine("Locating each expression again:");
        for (var i = 0; i < expressions.Count; i++)
        {
            var phrase = new PhraseQuestion(scene.Encoded, expressions[i].Text, CoordinateSpace.Pixels);
            var location = await assistant.LocateAsync(phrase, new SamplingOverrides(), cancellationToken);
            screen.Located(i, scene.Objects[i], phrase.Phrase, location.Boxes.Count > 0 ? location.Boxes[0].Box : null);
        }

        terminal.Out.WriteLine();
        screen.Fact("done", $"in {AnswerNotes.Time(Stopwatch.GetElapsedTime(start))}; the server stops");
    }

    private static async Task<IReadOnlyList<Answer>> DescribeAsync(
        Terminal terminal, DemoScreen screen, RemoteAssistant assistant, DemoScene scene, bool inDetail,
        CancellationToken cancellationToken)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(inDetail
            ? "Describing each region in detail, all in one call:"
            : "The shortest expression for each region:");
        var stream = new RegionStream(terminal, scene.Objects.Count, i => screen.Label(i, scene.Objects[i]));
        var question = new RegionQuestion(scene.Encoded, scene.Objects, CoordinateSpace.Pixels, inDetail);
        var answers = await assistant.DescribeAsync(question, new SamplingOverrides { MaxTokens = 64 }, stream, cancellationToken);
        terminal.NoteAnswers(answers);
        return answers;
    }
}
