using System.Diagnostics;
using Inference.Decoding.Sampling;
using Inference.Engine.Kv;
using Inference.Engine.Probes;
using Inference.Engine.Pruning;
using Inference.Models.Prompts;

namespace Inference.Engine.Scheduling;

/// <summary>A request on the step loop: its pages, how far its prompt has been read, and what turns its logits into text.</summary>
internal sealed class Sequence
{
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private long _admitted;
    private long _encoded;
    private long _firstToken;
    private long _lastToken;
    private readonly int[] _tokens;

    public Sequence(GenerationRequest request, KvLayout layout, Generation generation, Sampler sampler, TokenText? text)
    {
        (Request, Layout, Generation, Sampler, Text) = (request, layout, generation, sampler, text);
        _tokens = new int[request.Sampling.MaxTokens];
        foreach (var token in request.Continuation)
        {
            _tokens[Generated++] = token;
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

    /// <summary>Whether nothing is left but to feed the last token through the probed layers.</summary>
    public bool OnlyScores => Probing is { Ending: not null };

    public EncodedPrompt Prompt => Request.Prompt;

    /// <summary>Tokens that each layer holds at most.</summary>
    public KvLayout Layout { get; }

    public SequencePages? Pages { get; private set; }

    /// <summary>The rows of a prompt that is read in stages; null for one of which nothing is dropped.</summary>
    public PrunedPrompt? Pruned { get; private set; }

    /// <summary>Group of layers that the prompt is being read through, or was read through last.</summary>
    public int Group { get; private set; }

    /// <summary>Rows of the prompt that have gone through the layers of <see cref="Group"/>.</summary>
    public int Read { get; private set; }

    /// <summary>Generated tokens whose keys and values are in the cache.</summary>
    public int Fed { get; private set; }

    /// <summary>Rows of the prompt that go through the layers of <see cref="Group"/>.</summary>
    public int RowsOfGroup => Layout.Groups[Group].PromptRows;

    /// <summary>Whether <see cref="Group"/> ends with the last block.</summary>
    public bool IsInLastGroup => Group == Layout.Groups.Count - 1;

    /// <summary>Whether the whole prompt waits before the next group of layers.</summary>
    public bool AwaitsStage => !IsInLastGroup && Read == RowsOfGroup;

    /// <summary>Tokens generated, those of the request's continuation included.</summary>
    public int Generated { get; private set; }

    /// <summary>Generated tokens to feed next: one while it decodes, several where the answer was begun elsewhere.</summary>
    public ReadOnlySpan<int> Unfed => _tokens.AsSpan(Fed, Generated - Fed);

    public bool IsCancelled => Request.CancellationToken.IsCancellationRequested;

    /// <summary>Whether the whole prompt has gone through all layers.</summary>
    public bool IsPrefilled => IsInLastGroup && Read >= RowsOfGroup;

    /// <summary>Whether the next row gives the next token.</summary>
    public bool IsDecoding => IsPrefilled && Unfed.Length == 1;

    /// <summary>When the reader was first found to be behind; null while it keeps up.</summary>
    public long? PausedSince { get; set; }

    /// <summary>Rows of intermediate layers read at every token.</summary>
    public int LensRows => Request.Sampling.Strategy?.Lens.Rows.Count ?? 0;

    /// <summary>Takes its memory and starts the clock.</summary>
    public void Admit(SequencePages pages, PrunedPrompt? pruned)
    {
        (Pages, Pruned) = (pages, pruned);
        _admitted = Stopwatch.GetTimestamp();
        Generation.Stage = Request.Images.Count == 0 ? GenerationStage.Prefill : GenerationStage.Encoding;
        _encoded = _admitted;
        Generation.LeaveQueue(Stopwatch.GetElapsedTime(_submitted, _admitted));
    }

    /// <summary>Counts rows that a step has put into the cache.</summary>
    public void Advance(int rows)
    {
        if (IsPrefilled)
        {
            Fed += rows;
            return;
        }

        Read += rows;
        if (IsPrefilled)
        {
            Pruned?.Release();
        }
    }

    /// <summary>The rows that remain go through the layers of the next group.</summary>
    public void EnterGroup(int group) => (Group, Read) = (group, 0);

    /// <summary>The first of its images that is not encoded, or null.</summary>
    public EngineImage? PendingImage()
    {
        // By index: an enumerator of the interface would be allocated in every step.
        for (var i = 0; i < Request.Images.Count; i++)
        {
            if (Request.Images[i].Features is null)
            {
                return Request.Images[i];
            }
        }

        return null;
    }

    public void OnEncoded()
    {
        if (Generation.Stage == GenerationStage.Encoding)
        {
            _encoded = Stopwatch.GetTimestamp();
            Generation.Stage = GenerationStage.Prefill;
        }
    }

    public void OnToken(int token)
    {
        _lastToken = Stopwatch.GetTimestamp();
        if (_firstToken == 0)
        {
            _firstToken = _lastToken;
            Generation.Stage = GenerationStage.Decode;
        }

        _tokens[Generated++] = token;
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

    /// <summary>Gives back pages and images, and tells the reader.</summary>
    public void Finish(FinishReason reason, Exception? failure = null)
    {
        var stage = Generation.Stage;
        Pages?.Release();
        Pruned?.Release();
        (Pages, Pruned) = (null, null);
        foreach (var image in Request.Images)
        {
            image.Release();
        }

        if (Probing?.Take() is { } unscored)
        {
            Generation.Emit(unscored);
        }

        var held = Text is { StopString: null } ? Text.Flush() : "";
        Generation.Complete(new GenerationResult(reason, Text?.StopString, Usage(), Timings(), failure) { Stage = stage, HeldText = held });
    }

    private GenerationUsage Usage() => new(Prompt.InputIds.Length, Prompt.ImageTokens, Generated - Request.Continuation.Count)
    {
        Pruning = Layout.Groups.Count == 1 ? null : PruningUsage.Of(Layout, Group, Prompt.TextTokens),
    };

    private GenerationTimings Timings()
    {
        var end = Stopwatch.GetTimestamp();
        var admitted = _admitted == 0 ? end : _admitted;
        var encoded = _admitted == 0 ? end : Generation.Stage == GenerationStage.Encoding ? end : _encoded;
        var first = _firstToken == 0 ? end : _firstToken;
        return new GenerationTimings(
            Stopwatch.GetElapsedTime(_submitted, admitted),
            Stopwatch.GetElapsedTime(admitted, encoded),
            Stopwatch.GetElapsedTime(encoded, first),
            _firstToken == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(first, _lastToken));
    }
}
