using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Decoding.Sampling;

namespace Inference.Cli.Options;

/// <summary>How tokens are chosen and when generation ends.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _maxTokens = CommonOptions.Integer("--max-tokens", "N", "Most tokens to generate.", 1);
    private readonly Option<float?> _temperature = Number("--temperature", "0 takes the most likely token; above 0 draws.");
    private readonly Option<int?> _topK = CommonOptions.Integer("--top-k", "K", "Draw from the K most likely tokens; 0 from all.", 0);
    private readonly Option<float?> _topP = Number("--top-p", "Draw from the smallest set of tokens that has this probability.");
    private readonly Option<float?> _minP = Number("--min-p", "Drop tokens below this share of the best one's probability.");
    private readonly Option<float?> _penalty = Number("--repetition-penalty", "Divides the scores of tokens that appeared before; 1 is off.");
    private readonly Option<ulong?> _seed = new("--seed") { HelpName = "N", Description = "The same seed gives the same answer." };
    private readonly Option<string[]> _stop = new("--stop") { HelpName = "TEXT", Description = "End before this text; repeat for several.", DefaultValueFactory = _ => [] };

    private readonly Option<int?> _logprobs = new("--logprobs")
    {
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
        Description = "Report log-probabilities, and those of the N best tokens at each step.",
    };

    private SamplingOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static SamplingOptions AddTo(Command command)
    {
        var options = new SamplingOptions();
        Option[] all =
        [
            options._maxTokens, options._temperature, options._topK, options._topP, options._minP, options._penalty, options._seed, options._stop,
            options._logprobs,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        command.Validators.Add(options.Validate);
        return options;
    }

    /// <summary>What the command line sets; absent options stay null.</summary>
    public SamplingOverrides Read(ParseResult parsed)
    {
        var wantsLogprobs = parsed.GetResult(_logprobs) is { Implicit: false };
        var stops = parsed.GetValue(_stop)!;
        return new SamplingOverrides
        {
            MaxTokens = parsed.GetValue(_maxTokens),
            Temperature = parsed.GetValue(_temperature),
            TopK = parsed.GetValue(_topK),
            TopP = parsed.GetValue(_topP),
            MinP = parsed.GetValue(_minP),
            RepetitionPenalty = parsed.GetValue(_penalty),
            Seed = parsed.GetValue(_seed),
            StopStrings = stops.Length > 0 ? stops : null,
            Logprobs = wantsLogprobs ? true : null,
            TopLogprobs = wantsLogprobs ? parsed.GetValue(_logprobs) ?? 0 : null,
        };
    }

    private static Option<float?> Number(string name, string description) => new(name) { HelpName = "X", Description = description };

    private void Validate(CommandResult command)
    {
        if (command.Children.Any(child => child.Errors.Any()))
        {
            return;
        }

        var parameters = SamplingParameters.Resolve(null, new SamplingOverrides
        {
            Temperature = command.GetValue(_temperature),
            TopP = command.GetValue(_topP),
            MinP = command.GetValue(_minP),
            RepetitionPenalty = command.GetValue(_penalty),
            StopStrings = command.GetValue(_stop),
            TopLogprobs = command.GetValue(_logprobs),
        });
        foreach (var problem in SamplingValidator.Validate(parameters, int.MaxValue))
        {
            var option = problem.Field == "top_logprobs" ? "logprobs" : problem.Field.Replace('_', '-');
            command.AddError($"--{option}: found {problem.Found}; allowed: {problem.Allowed}");
        }
    }
}
