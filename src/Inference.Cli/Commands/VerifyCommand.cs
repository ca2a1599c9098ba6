using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Options;
using Inference.Cli.Output;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox verify</c>: asks the model whether claims about an image are true.</summary>
internal static class VerifyCommand
{
    public static Command Create(Terminal terminal)
    {
        var image = CommonOptions.Image();
        var phrases = Texts("--claim", "Something that is in the image, such as \"a black heart\"; repeat for several.");
        var statements = Texts("--statement", "A statement about the image; repeat for several.");
        var questions = Texts("--question", "A yes/no question in your own words; repeat for several.");
        var text = new Option<string>("--text")
        {
            HelpName = "TEXT",
            Description = "An answer whose claims are found and checked, as the model's profile says.",
            DefaultValueFactory = _ => "",
        };
        var threshold = MethodOptions.Threshold();
        var json = CommonOptions.Json();
        var command = new Command("verify", "Check claims about an image by asking the model about each.")
        {
            image, phrases, statements, questions, text, threshold, json,
        };
        command.Validators.Add(result =>
        {
            if (string.IsNullOrEmpty(result.GetValue(text))
                && new[] { phrases, statements, questions }.All(option => result.GetValue(option) is not { Length: > 0 }))
            {
                result.AddError("found nothing to check; allowed: --claim, --statement, --question or --text");
            }
        });
        var assistants = AssistantOptions.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            (ClaimForm, string)[] claims =
            [
                .. parsed.GetValue(phrases)!.Select(claim => (ClaimForm.Phrase, claim)),
                .. parsed.GetValue(statements)!.Select(claim => (ClaimForm.Statement, claim)),
                .. parsed.GetValue(questions)!.Select(claim => (ClaimForm.Question, claim)),
            ];
            var bytes = await File.ReadAllBytesAsync(parsed.GetValue(image)!, cancellationToken);
            var options = MethodOptions.Verification(parsed.GetValue(threshold));
            var question = new ClaimsQuestion(bytes, claims, parsed.GetValue(text)!, options.Threshold);
            await using var assistant = await assistants.StartAsync(parsed, terminal);
            var verification = await assistant.VerifyAsync(question, cancellationToken);
            if (parsed.GetValue(json))
            {
                Json.Print(terminal, writer =>
                {
                    writer.WriteClaims(verification.Verdicts);
                    writer.WriteNumber("rejected", verification.Verdicts.Count(verdict => verdict.IsRejected));
                    writer.WriteUsage(verification.Usage);
                    writer.WriteTimings(verification.Timings);
                });
            }
            else
            {
                terminal.PrintClaims(verification.Verdicts);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Option<string[]> Texts(string name, string description) => new(name)
    {
        HelpName = "TEXT",
        Description = description,
        DefaultValueFactory = _ => [],
    };
}
