using Inference.Cli.Hosting;
using Inference.Decoding.Probes;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Guard;
using Inference.Grounding.Probes;

namespace Inference.Cli.Assistants;

/// <summary>Probes of the model in this process.</summary>
internal static class LocalProbes
{
    private const string Folder = "probes", Extension = ".safetensors";

    /// <summary>Loads probes of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="folder">Where it was loaded from.</param>
    /// <param name="files">Files, or names of those in the folder <c>probes</c> beside the model.</param>
    /// <returns>By what they were asked for as.</returns>
    public static IReadOnlyDictionary<string, Probe> Load(ServedModel model, string folder, IReadOnlyList<string> files)
    {
        var probes = new Dictionary<string, Probe>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var beside = Path.Combine(folder, "..", Folder, file + Extension);
            new NamedProbe(null, !File.Exists(file) && File.Exists(beside) ? beside : file).AddTo([model]);
            probes.Add(file, model.Probes[^1]);
        }

        return probes;
    }

    /// <summary>The probes that a question asks for.</summary>
    /// <exception cref="ProbeException">One has no threshold of the rate.</exception>
    public static IReadOnlyList<ProbeChoice> Choose(IReadOnlyDictionary<string, Probe> loaded, ProbeQuestion? question) => question is null
        ? []
        : [.. question.Probes.Select(file => ProbeChoice.Create(loaded[file], question.FalsePositiveRate, "--false-positive-rate"))];

    /// <summary>The guard that a question asks for, or null.</summary>
    /// <exception cref="ProbeException">Its probe has no threshold of the rate.</exception>
    public static GuardOptions? Guard(IReadOnlyDictionary<string, Probe> loaded, GuardQuestion? question) => question is { Probe: { } file }
        ? question.Options with { Probe = ProbeChoice.Create(loaded[file], question.FalsePositiveRate, "--guard-rate") }
        : question?.Options;

    /// <summary>What they say; null where none was asked for.</summary>
    public static AnswerProbes? Read(IReadOnlyList<ProbeChoice> choices, IReadOnlyList<TokenEvent> tokens)
    {
        if (choices.Count == 0)
        {
            return null;
        }

        var aggregator = new ProbeAggregator(choices);
        ProbeFinding[] findings = [.. tokens.SelectMany(aggregator.Add), .. aggregator.End()];
        return new AnswerProbes(
            [.. tokens.Where(token => token.Scores.Count > 0).Select(Token)],
            [.. findings.OfType<ScoredSpan>().Select(span =>
                new AnswerScoredText(span.FirstToken, span.EndToken, span.Text, [Summary(span.Score)]))],
            [.. findings.OfType<ScoredSentence>().Select(sentence =>
                new AnswerScoredText(sentence.FirstToken, sentence.EndToken, sentence.Text, [.. sentence.Scores.Select(Summary)]))]);
    }

    private static AnswerScoredToken Token(TokenEvent token) => new(
        token.Index, token.Text,
        [.. token.Scores.Select(score => new AnswerProbeScore(score.Probe.Name, score.Probe.Layer, score.Logit, score.Probability))]);

    private static AnswerProbeSummary Summary(ProbeSummary summary) =>
        new(summary.Probe.Name, summary.Tokens, summary.Logit, summary.Probability, summary.Max, summary.Mean, summary.IsFlagged);
}
