namespace Inference.Server.Errors;

/// <summary>Values of <c>google.rpc.ErrorInfo.reason</c> that clients may switch on.</summary>
internal static class ErrorReasons
{
    public const string CallsExhausted = "CALLS_EXHAUSTED";
    public const string ContextTooLong = "CONTEXT_TOO_LONG";
    public const string ImageBytesExhausted = "IMAGE_BYTES_EXHAUSTED";
    public const string ImageNotCached = "IMAGE_NOT_CACHED";
    public const string ImageTooLarge = "IMAGE_TOO_LARGE";
    public const string KvTooSmall = "KV_TOO_SMALL";
    public const string ModelNotFound = "MODEL_NOT_FOUND";
    public const string QueueFull = "QUEUE_FULL";
    public const string ServerDraining = "SERVER_DRAINING";
    public const string ServerFailed = "SERVER_FAILED";
    public const string ServerLoading = "SERVER_LOADING";
    public const string SlowReader = "SLOW_READER";
    public const string TextTooLong = "TEXT_TOO_LONG";
    public const string TooManyCandidates = "TOO_MANY_CANDIDATES";
    public const string TooManyClaims = "TOO_MANY_CLAIMS";
    public const string TooManyImages = "TOO_MANY_IMAGES";
    public const string TooManyMessages = "TOO_MANY_MESSAGES";
    public const string TooManyRegions = "TOO_MANY_REGIONS";
}
