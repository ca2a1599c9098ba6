using System.Globalization;
using Glassbox.V1;
using Inference.Decoding.Layers;
using Inference.Decoding.Pruning;
using Inference.Decoding.Sampling;
using Inference.Decoding.Speculation;
using Inference.Grounding;
using Box = Inference.Models.Regions.Box;
using CoordinateSpace = Inference.Models.Regions.CoordinateSpace;

namespace Inference.Cli.Assistants;

/// <summary>Settings and answers to and from messages of glassbox.v1.</summary>
internal static class Wire
{
    public static GenerationParameters Parameters(
        SamplingOverrides sampling, PruningChoice? pruning, ProbeQuestion? probes = null)
    {
        var parameters = Sampling(sampling);
        var stop = new StopConditions();
        if (sampling.MaxTokens is { } maxTokens) stop.MaxTokens = (uint)maxTokens;
        stop.Sequences.AddRange(sampling.StopStrings ?? []);
        return new GenerationParameters
        {
            Sampling = parameters,
            Stop = stop,
            Strategy = Strategy(sampling.Strategy),
            Pruning = PruningWire.Message(pruning),
            Probes = ProbeWire.Options(probes),
        };
    }

    /// <summary>With the whole-answer methods of a question.</summary>
    public static GenerationParameters Parameters(SamplingOverrides sampling, TextQuestion question)
    {
        var parameters = Parameters(sampling, question.Pruning, question.Probes);
        parameters.Verification = ClaimWire.Options(question.Verification);
        parameters.Guard = GuardWire.Message(question.Guard);
        parameters.BestOf = (uint)question.BestOf;
        parameters.Speculation = question is Question { Speculation: { } speculation }
            ? new Speculation { Drafter = Drafter.Ngram, DraftTokens = (uint)speculation.DraftTokens }
            : null;
        return parameters;
    }

    public static Glassbox.V1.SamplingParameters Sampling(SamplingOverrides sampling)
    {
        var parameters = new Glassbox.V1.SamplingParameters();
        if (sampling.Temperature is { } temperature) parameters.Temperature = temperature;
        if (sampling.TopK is { } topK) parameters.TopK = (uint)topK;
        if (sampling.TopP is { } topP) parameters.TopP = topP;
        if (sampling.MinP is { } minP) parameters.MinP = minP;
        if (sampling.RepetitionPenalty is { } penalty) parameters.RepetitionPenalty = penalty;
        if (sampling.Seed is { } seed) parameters.Seed = seed;
        return parameters;
    }

    public static Strategy? Strategy(StrategyChoice? choice) =>
        choice is null ? null : new Strategy { Name = choice.Name, Settings = { choice.Settings.ToDictionary() } };

    public static OutputOptions Output(SamplingOverrides sampling, bool keptTokens) =>
        new()
        {
            Tokens = true,
            Logprobs = sampling.Logprobs ?? false,
            TopLogprobs = (uint)(sampling.TopLogprobs ?? 0),
            KeptTokens = keptTokens,
        };

    public static string RegionId(int index) => index.ToString(CultureInfo.InvariantCulture);

    public static int RegionIndex(string id) => int.Parse(id, CultureInfo.InvariantCulture);

    public static Glassbox.V1.Box Box(Box box, CoordinateSpace space) =>
        new() { X1 = box.X1, Y1 = box.Y1, X2 = box.X2, Y2 = box.Y2, Space = Space(space) };

    public static Glassbox.V1.CoordinateSpace Space(CoordinateSpace space) =>
        space == CoordinateSpace.Unit ? Glassbox.V1.CoordinateSpace.Normalized : Glassbox.V1.CoordinateSpace.PixelsOriginal;

    public static AnswerToken Token(Token token) => new(
        (int)token.Id,
        token.HasLogprob ? (float)token.Logprob : null,
        [.. token.Top.Select(top => new TokenLogprob((int)top.Id, (float)top.Logprob))]);

    public static Answer Answer(string model, Completed completed, IReadOnlyList<AnswerToken> tokens) => Answer(
        model, completed.Text, tokens, completed.FinishReason, completed.MatchedStopSequence, completed.Usage, completed.Timings,
        completed.EffectiveParameters);

    public static Answer Answer(string model, RegionCompleted region, RegionsCompleted all) => Answer(
        model, region.Text, [.. region.Tokens.Select(Token)], region.FinishReason, region.MatchedStopSequence, region.Usage, region.Timings,
        all.EffectiveParameters) with
    {
        Timings = Timings(region.Timings) with { Encode = all.Timings?.Encode?.ToTimeSpan() ?? default },
    };

    public static Location Location(string model, LocatePhraseResponse response) => new(
        [.. response.Boxes.Select(found => new Grounding.LocatedBox(Box(found.Box), found.Confidence))],
        Answer(model, response.Text, [], response.FinishReason, "", response.Usage, response.Timings, response.EffectiveParameters));

    public static Box Box(Glassbox.V1.Box box) => new(box.X1, box.Y1, box.X2, box.Y2);

    private static Answer Answer(
        string model, string text, IReadOnlyList<AnswerToken> tokens, FinishReason reason, string stop, Usage? usage, Timings? timings,
        GenerationParameters? parameters) => new()
    {
        Text = text,
        Tokens = tokens,
        FinishReason = FinishReasons.Name(reason),
        StopString = stop.Length > 0 ? stop : null,
        Usage = Usage(usage),
        Timings = Timings(timings),
        Seed = parameters?.Sampling?.Seed ?? 0,
        Model = model,
    };

    public static AnswerUsage Usage(Usage? usage) =>
        usage is null ? default : new AnswerUsage((int)usage.PromptTokens, (int)usage.ImageTokens, (int)usage.CompletionTokens)
        {
            SampledTokens = (int)usage.SampledTokens,
            CachedTokens = (int)usage.CachedTokens,
            Pruning = PruningWire.Usage(usage.Pruning),
            Speculation = usage.Speculation is { } speculation
                ? new Engine.SpeculationUsage((int)speculation.DraftedTokens, (int)speculation.AcceptedTokens)
                : null,
        };

    public static AnswerTimings Timings(Timings? timings) => timings is null ? default : new AnswerTimings(
        timings.Queue?.ToTimeSpan() ?? default, timings.Encode?.ToTimeSpan() ?? default, timings.Prefill?.ToTimeSpan() ?? default,
        timings.Decode?.ToTimeSpan() ?? default);
}
