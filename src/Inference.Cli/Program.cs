using Inference.Cli;
using Inference.Cli.Output;

return await CommandLine.InvokeAsync(args, Terminal.OfProcess());
