namespace Inference.Engine;

/// <summary>Who goes first when there is no room for all.</summary>
public enum RequestPriority
{
    /// <summary>Somebody waits for the answer.</summary>
    Online,

    /// <summary>
    /// Work that can wait: online requests that arrive up to <see cref="EngineOptions.BatchDelay"/> later go first, and may take its place
    /// while it runs; it then goes on where it stopped.
    /// </summary>
    Batch,
}
