using System.CommandLine;
using Inference.Cli.Benchmarks.Methods;

namespace Inference.Cli.Options;

/// <summary><c>bench --methods</c> and its sizes.</summary>
internal sealed class MethodsOptions
{
    private const int MostTokens = 1 << 20;

    private readonly Option<bool> _methods = new("--methods")
    {
        Description = "Compare every decoding strategy and pruning with plain greedy decoding instead, each in turn with it.",
    };

    private readonly Option<int?> _candidates = CommonOptions.Integer(
        "--candidates", "K", "Compare K candidates that a listener locates again with one description instead, each in turn with it.", 1,
        64);

    private readonly Option<int?> _imageRows =
        CommonOptions.Integer("--image-rows", "N", "With --methods or --candidates: rows of the image; 576 without it.", 1, MostTokens);

    private readonly Option<int?> _textTokens =
        CommonOptions.Integer("--text-tokens", "N", "With --methods or --candidates: tokens of text; 64 without it.", 2, MostTokens);

    private readonly Option<int?> _rounds =
        CommonOptions.Integer("--rounds", "N", "With --methods or --candidates: runs; 3 without it.", 1, 1000);

    private readonly Option<string[]> _only = new("--only")
    {
        HelpName = "METHOD",
        Description = "With --methods: this method; several times for several. All of them without it.",
        DefaultValueFactory = _ => [],
    };

    private MethodsOptions() => _only.AcceptOnlyFromAmong([.. MethodCase.Names]);

    public static MethodsOptions AddTo(Command command)
    {
        var options = new MethodsOptions();
        command.Add(options._methods);
        command.Add(options._candidates);
        command.Add(options._imageRows);
        command.Add(options._textTokens);
        command.Add(options._rounds);
        command.Add(options._only);
        return options;
    }

    /// <summary>How many candidates are to be compared with one description; null for none.</summary>
    public int? Candidates(ParseResult parsed) => parsed.GetValue(_candidates);

    /// <summary>The sizes, or null where methods are not to be compared.</summary>
    public MethodsSettings? Read(ParseResult parsed, int? decodeTokens)
    {
        var candidates = parsed.GetValue(_candidates) is not null;
        return candidates || parsed.GetValue(_methods)
            ? new MethodsSettings(
                parsed.GetValue(_imageRows) ?? 576, parsed.GetValue(_textTokens) ?? 64, decodeTokens ?? (candidates ? 16 : 256),
                parsed.GetValue(_rounds) ?? 3, parsed.GetValue(_only)!)
            : null;
    }
}
