using System.Diagnostics;
using Inference.Decoding.Sampling;
using Inference.Engine.Kv;
using Inference.Engine.Probes;
using Inference.Engine.Pruning;
using Inference.Engine.Speculation;
using Inference.Models.Prompts;

namespace Inference.Engine.Scheduling;

/// <summary>A request on the step loop: its pages, how far it has been read, and what turns its logits into text.</summary>
internal sealed partial class Sequence
{
    private readonly SequenceClock _clock = new();
    private int? _cached;

    public Sequence(GenerationRequest request, KvRows rows, Generation generation, Sampler sampler, TokenText? text, TimeSpan delay)
    {
        (Request, Rows, Generation, Sampler, Text) = (request, rows, generation, sampler, text);
        Rank = _clock.Submitted + (long)(delay.TotalSeconds * Stopwatch.Frequency);
        Drafting = request.Speculation is { } speculation ? new Drafting(request, speculation) : null;
        foreach (var token in request.Continuation)
        {
            rows.Append(token);
            Drafting?.Append(token);
            sampler.Observe(token);
            text?.Skip(token);
        }
    }

    public GenerationRequest Request { get; }

    public Generation Generation { get; }

    public Sampler Sampler { get; }

    /// <summary>Turns ids into text; null for a decoder without a tokenizer.</summary>
    public TokenText? Text { get; }

    /// <summary>What probes read of it; null without probes.</summary>
    public ProbeReading? Probing { get; init; }

    /// <summary>The second sequence that its strategy reads, and what is between the two; null without one.</summary>
    public Companionship? Companion { get; private set; }

    /// <summary>The sequence that this one is the companion of; null for one that somebody asked for.</summary>
    public Sequence? Owner { get; private init; }

    /// <summary>The sequence that somebody asked for: this one, or the one that it is the companion of.</summary>
    public Sequence Answering => Owner ?? this;

    /// <summary>Whether it runs for a trace, as itself or as a companion.</summary>
    public bool IsTraced => Answering.Request.Trace is not null;

    /// <summary>Whether its reader is behind.</summary>
    public bool IsPaused => Answering.PausedSince is not null;

    /// <summary>Whether it waits for the other of two sequences.</summary>
    public bool IsOutOfTurn => Companion is { IsAwaited: true } || Owner is { Companion.HasTurn: false };

    /// <summary>Whether nothing can be done for it in a step.</summary>
    public bool IsHeldUp => IsPaused || IsOutOfTurn || PendingImage() is not null;

    /// <summary>Whether it has been taken out of the step loop.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Its guesses of the next tokens; null where it makes none.</summary>
    public Drafting? Drafting { get; }

    /// <summary>Whether nothing is left but to feed the last token through the probed layers.</summary>
    public bool OnlyScores => Probing is { Ending: not null };

    public EncodedPrompt Prompt => Request.Prompt;

    /// <summary>Lower goes first: when it was submitted, later for work that can wait.</summary>
    public long Rank { get; private init; }

    /// <summary>Prompt and generated tokens, and where their keys and values are.</summary>
    public KvRows Rows { get; }

    /// <summary>Tokens that each layer holds at most.</summary>
    public KvLayout Layout => Rows.Layout;

    public bool IsCancelled => Request.CancellationToken.IsCancellationRequested;

    /// <summary>Whether it was in a step that failed, and so runs alone until it is clear who is to blame.</summary>
    public bool IsSuspect { get; set; }

    /// <summary>When the reader was first found to be behind; null while it keeps up.</summary>
    public long? PausedSince { get; set; }

    /// <summary>Rows of intermediate layers read at every token.</summary>
    public int LensRows => Request.Sampling.Strategy?.Lens.Rows.Count ?? 0;

    /// <summary>Gives it a companion.</summary>
    /// <param name="request">What the companion reads.</param>
    /// <param name="rows">Its rows, those of the continuation left out.</param>
    public void Accompany(GenerationRequest request, KvRows rows)
    {
        var companion = new Sequence(
            request, rows, new Generation(int.MaxValue, static () => { }), Sampler, text: null, delay: TimeSpan.Zero)
        {
            Owner = this,
            Rank = Rank,
        };
        Companion = new Companionship(companion);
    }

    /// <summary>Begins, or goes on after it had to make room; its rows have memory.</summary>
    /// <param name="pruned">For a prompt that must go through the layers in stages.</param>
    public void Begin(PrunedPrompt? pruned)
    {
        Restart(pruned);
        if (pruned is null)
        {
            Group = Layout.Groups.Count - 1;
        }

        _cached ??= Math.Min(Rows.Filled, Rows.PromptRows);
        Generation.Stage = PendingImage() is null ? GenerationStage.Prefill : GenerationStage.Encoding;
        if (_clock.OnAdmitted() is { } waited)
        {
            Generation.LeaveQueue(waited);
        }
    }

    /// <summary>Makes room: what it has computed is kept while nobody needs the memory, what is lost is computed again.</summary>
    public void Preempt(KvMemory memory)
    {
        Restart(null);
        Drafting?.Limit(0);
        memory.Suspend(Rows);
        Generation.Stage = GenerationStage.Queued;
    }

    /// <summary>Guesses tokens for the next step; as many as are wanted at most, and none behind the last that is asked for.</summary>
    public void Draft() => Drafting!.Draft(Rows, Request.Sampling.MaxTokens - Generated - 1);

    public void OnEncoded()
    {
        if (Generation.Stage == GenerationStage.Encoding)
        {
            _clock.OnEncoded();
            Generation.Stage = GenerationStage.Prefill;
        }
    }

    /// <summary>When the last token was chosen, since the request came.</summary>
    public TimeSpan TokenTime => _clock.LastToken;

    public void OnToken(int token)
    {
        _clock.OnToken();
        Generation.Stage = GenerationStage.Decode;
        Rows.Append(token);
        Drafting?.Append(token);
    }

    /// <summary>Passes a token on, or keeps it until it is scored.</summary>
    public void Emit(TokenEvent token)
    {
        if (Probing is null)
        {
            Generation.Emit(token);
        }
        else
        {
            Probing.Hold(token);
        }
    }

    /// <summary>Gives back memory and images, and tells the reader.</summary>
    public void Finish(KvMemory memory, FinishReason reason, Exception? failure = null)
    {
        HasEnded = true;
        var stage = Generation.Stage;
        memory.End(Rows, isSound: reason != FinishReason.Failed);
        Companion?.Dispose();
        Pruned?.Release();
        Pruned = null;
        var usage = Usage();
        foreach (var image in Request.Images)
        {
            image.Release();
        }

        if (Probing?.Take() is { } unscored)
        {
            Generation.Emit(unscored);
        }

        var held = Text is { StopString: null } ? Text.Flush() : "";
        var timings = _clock.Timings(isEncoding: stage == GenerationStage.Encoding);
        Generation.Complete(new GenerationResult(reason, Text?.StopString, usage, timings, failure) { Stage = stage, HeldText = held });
    }

    private GenerationUsage Usage() => new(Prompt.InputIds.Length, Prompt.ImageTokens, Generated - Request.Continuation.Count)
    {
        CachedTokens = _cached ?? 0,
        Speculation = Drafting?.Usage,
        Pruning = PruningUsage.Of(Request, Layout, Group) is not { } usage ? null : usage with
        {
            RankingTime = _clock.Ranking,
            KeptRows = [.. Rows.Stages.Select(stage => stage.KeptOriginal)],
            ChosenRows = PruningUsage.ChosenOf(Request.Images),
        },
    };
}
