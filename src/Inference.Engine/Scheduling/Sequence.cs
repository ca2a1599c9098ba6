using System.Diagnostics;
using Inference.Decoding.Sampling;
using Inference.Engine.Kv;
using Inference.Models.Prompts;
using Inference.Models.Tokenization;

namespace Inference.Engine.Scheduling;

/// <summary>A request on the step loop: its pages, how far its prompt has been read, and what turns its logits into text.</summary>
internal sealed class Sequence
{
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private long _admitted;
    private long _encoded;
    private long _firstToken;
    private long _lastToken;

    public Sequence(GenerationRequest request, Generation generation, Sampler sampler, TokenText? text)
    {
        (Request, Generation, Sampler, Text) = (request, generation, sampler, text);
    }

    public GenerationRequest Request { get; }

    public Generation Generation { get; }

    public Sampler Sampler { get; }

    /// <summary>Turns ids into text; null for a decoder without a tokenizer.</summary>
    public TokenText? Text { get; }

    public EncodedPrompt Prompt => Request.Prompt;

    public SequencePages? Pages { get; private set; }

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int Cached { get; set; }

    /// <summary>Tokens generated.</summary>
    public int Generated { get; private set; }

    /// <summary>The token to feed next; valid once <see cref="Generated"/> is positive.</summary>
    public int LastToken { get; private set; }

    public bool IsCancelled => Request.CancellationToken.IsCancellationRequested;

    public bool IsPrefilled => Cached >= Prompt.InputIds.Length;

    /// <summary>When the reader was first found to be behind; null while it keeps up.</summary>
    public long? PausedSince { get; set; }

    /// <summary>Slots for the prompt and all tokens fed back; the last token is never fed.</summary>
    public int SlotsNeeded => Prompt.InputIds.Length + Request.Sampling.MaxTokens - 1;

    /// <summary>Takes references to its images and starts the clock.</summary>
    public void Admit(SequencePages pages)
    {
        Pages = pages;
        _admitted = Stopwatch.GetTimestamp();
        Generation.Stage = Request.Images.Count == 0 ? GenerationStage.Prefill : GenerationStage.Encoding;
        _encoded = _admitted;
        Generation.LeaveQueue(Stopwatch.GetElapsedTime(_submitted, _admitted));
    }

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
        if (Generated++ == 0)
        {
            _firstToken = _lastToken;
            Generation.Stage = GenerationStage.Decode;
        }

        LastToken = token;
    }

    /// <summary>Gives back pages and images, and tells the reader.</summary>
    public void Finish(FinishReason reason, Exception? failure = null)
    {
        var stage = Generation.Stage;
        Pages?.Release();
        Pages = null;
        foreach (var image in Request.Images)
        {
            image.Release();
        }

        var held = Text is { StopString: null } ? Text.Flush() : "";
        Generation.Complete(new GenerationResult(reason, Text?.StopString, Usage(), Timings(), failure) { Stage = stage, HeldText = held });
    }

    private GenerationUsage Usage() => new(Prompt.InputIds.Length, Prompt.ImageTokens, Generated);

    private GenerationTimings Timings()
    {
        var end = Stopwatch.GetTimestamp();
        var admitted = _admitted == 0 ? end : _admitted;
        var encoded = _admitted == 0 ? end : Generation.Stage == GenerationStage.Encoding ? end : _encoded;
        var first = Generated == 0 ? end : _firstToken;
        return new GenerationTimings(
            Stopwatch.GetElapsedTime(_submitted, admitted),
            Stopwatch.GetElapsedTime(admitted, encoded),
            Stopwatch.GetElapsedTime(encoded, first),
            Generated == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(first, _lastToken));
    }
}
