using Glassbox.V1;
using Google.Protobuf.WellKnownTypes;
using Inference.Engine;
using Inference.Grounding;
using Inference.Server.Images;
using ImageInfo = Glassbox.V1.ImageInfo;

namespace Inference.Server.Responses;

/// <summary>The parts that the events of all calls share.</summary>
internal static class EventMessages
{
    public static Started Started(ServedModel model, IEnumerable<RequestImage> images, int promptTokens, TimeSpan queueTime)
    {
        var started = new Started { Model = model.Name, PromptTokens = (uint)promptTokens, QueueTime = Duration.FromTimeSpan(queueTime) };
        started.Images.AddRange(images.Select(ImageOf));
        return started;
    }

    public static ImageInfo ImageOf(RequestImage image) => new()
    {
        Sha256 = image.Sha256,
        Width = (uint)image.Info.Width,
        Height = (uint)image.Info.Height,
        ImageTokens = (uint)image.Rows,
    };

    /// <param name="usage">What the engine counted.</param>
    /// <param name="withKept">Tell which image tokens remain.</param>
    public static Usage Usage(GenerationUsage usage, bool withKept = false) => new()
    {
        PromptTokens = (uint)usage.PromptTokens,
        ImageTokens = (uint)usage.ImageTokens,
        CachedTokens = (uint)usage.CachedTokens,
        CompletionTokens = (uint)usage.CompletionTokens,
        SampledTokens = (uint)usage.SampledTokens,
        Speculation = usage.Speculation is { } speculation
            ? new Glassbox.V1.SpeculationUsage
            {
                DraftedTokens = (uint)speculation.DraftedTokens,
                AcceptedTokens = (uint)speculation.AcceptedTokens,
            }
            : null,
        Pruning = usage.Pruning is { } pruning ? PruningMessages.Of(pruning, withKept) : null,
    };

    /// <summary>Stages of the engine; those that did not run are absent.</summary>
    public static Timings Timings(GenerationTimings timings) => new()
    {
        Queue = Duration.FromTimeSpan(timings.Queue),
        Encode = Ran(timings.Encode),
        Prefill = Ran(timings.Prefill),
        Decode = Ran(timings.Decode),
    };

    /// <summary>Adds the stages before the engine.</summary>
    public static Timings With(this Timings timings, PreparedImages? images)
    {
        timings.ImageDecode = Ran(images?.DecodeTime ?? default);
        timings.Preprocess = Ran(images?.PreprocessTime ?? default);
        return timings;
    }

    public static Duration? Ran(TimeSpan time) => time > TimeSpan.Zero ? Duration.FromTimeSpan(time) : null;
}
