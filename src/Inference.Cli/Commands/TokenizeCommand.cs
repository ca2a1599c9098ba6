using System.CommandLine;
using System.Text;
using Inference.Cli.Output;
using Inference.Models.Tokenization;

namespace Inference.Cli.Commands;

/// <summary><c>glassbox tokenize</c>: JSON strings in, token ids out, a line each.</summary>
internal static class TokenizeCommand
{
    public static Command Create(Terminal terminal)
    {
        var tokenizer = new Option<string>("--tokenizer")
        {
            HelpName = "FILE|DIR",
            Required = true,
            Description = "tokenizer.json, or a folder that holds one.",
        };
        var command = new Command("tokenize", "Read JSON strings, one per line, from standard input; print ids and decoded text of each.")
        {
            tokenizer,
        };
        command.SetAction(parsed =>
        {
            var loaded = Tokenizer.Load(parsed.GetValue(tokenizer)!);
            using var input = new StreamReader(terminal.Input, new UTF8Encoding(false));
            TokenizeLines.Run(loaded, input, terminal.Output);
            return ExitCode.Success;
        });
        return command;
    }
}
