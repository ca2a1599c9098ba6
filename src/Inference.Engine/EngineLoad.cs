namespace Inference.Engine;

/// <summary>How busy one model of the engine is.</summary>
/// <param name="Queued">Requests waiting for a place.</param>
/// <param name="Running">Sequences in the batch: requests, and companions of their strategies.</param>
/// <param name="KvPagesUsed">KV pages that running requests use; pages kept for requests to come are not among them.</param>
/// <param name="KvPagesTotal">KV pages in all.</param>
/// <param name="Steps">Steps run since the start.</param>
/// <param name="StepRows">Rows of all those steps.</param>
public readonly record struct EngineLoad(int Queued, int Running, int KvPagesUsed, int KvPagesTotal, long Steps, long StepRows)
{
    /// <summary>How often a running request had to make room for another, since the start.</summary>
    public long Preemptions { get; init; }
}
