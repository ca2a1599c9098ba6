using System.CommandLine;
using Inference.Decoding.Sampling;

namespace Inference.Cli.Options;

/// <summary>How tokens are chosen and when generation ends.</summary>
internal sealed class SamplingOptions
{
    private readonly Option<int?> _maxTokens = CommonOptions.Integer("--max-tokens", "N", "Most tokens to generate.", 1);
    private readonly Option<float?> _temperature =
        CommonOptions.Number<float>("--temperature", "X", "0 takes the most likely token; above 0 draws.");
    private readonly Option<int?> _topK = CommonOptions.Integer("--top-k", "K", "Draw from the K most likely tokens; 0 from all.", 0);
    private readonly Option<float?> _topP =
        CommonOptions.Number<float>("--top-p", "X", "Draw from the smallest set of tokens that has this probability.");
    private readonly Option<float?> _minP =
        CommonOptions.Number<float>("--min-p", "X", "Drop tokens below this share of the best one's probability.");
    private readonly Option<float?> _penalty =
        CommonOptions.Number<float>("--repetition-penalty", "X", "Divides the scores of tokens that appeared before; 1 is off.");

    private readonly Option<ulong?> _seed = CommonOptions.Number<ulong>("--seed", "N", "The same seed gives the same answer.");

    private readonly Option<string[]> _stop = new("--stop")
    {
        HelpName = "TEXT",
        Description = "End before this text; repeat for several.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<int?> _logprobs = CommonOptions.Integer(
        "--logprobs", "N", "Report log-probabilities, and those of the N best tokens at each step.", 0, SamplingValidator.MaxTopLogprobs);

    private readonly StrategyOptions _strategy = new();

    private SamplingOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static SamplingOptions AddTo(Command command)
    {
        var options = new SamplingOptions();
        Option[] all =
        [
            options._maxTokens, options._temperature, options._topK, options._topP, options._minP, options._penalty, options._seed,
            options._stop, options._logprobs,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }

        options._logprobs.Arity = ArgumentArity.ZeroOrOne;
        options._strategy.AddTo(command);
        return options;
    }

    /// <summary>What the command line sets; absent options stay null.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public SamplingOverrides Read(ParseResult parsed)
    {
        var wantsLogprobs = parsed.GetResult(_logprobs) is { Implicit: false };
        var stops = parsed.GetValue(_stop)!;
        return Checked(new SamplingOverrides
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
            Strategy = _strategy.Read(parsed),
            TopLogprobs = wantsLogprobs ? parsed.GetValue(_logprobs) ?? 0 : null,
        });
    }

    // The folder's own settings were checked when it was loaded; what is left to be wrong is the caller's.
    private static SamplingOverrides Checked(SamplingOverrides overrides)
    {
        var problems = SamplingValidator.Validate(SamplingParameters.Resolve(null, overrides), int.MaxValue);
        return problems.Count == 0
            ? overrides
            : throw new UsageException(string.Join("; ", problems.Select(Describe)));
    }

    private static string Describe(SamplingProblem problem) =>
        $"--{problem.Field.Replace('_', '-')}: found {problem.Found}; allowed: {problem.Allowed}";
}
