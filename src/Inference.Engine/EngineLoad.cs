namespace Inference.Engine;

/// <summary>How busy one model of the engine is.</summary>
/// <param name="Queued">Requests waiting for a place.</param>
/// <param name="Running">Requests in the batch.</param>
/// <param name="KvPagesUsed">KV pages reserved by running requests.</param>
/// <param name="KvPagesTotal">KV pages in all.</param>
/// <param name="Steps">Steps run since the start.</param>
/// <param name="StepRows">Rows of all those steps.</param>
public readonly record struct EngineLoad(int Queued, int Running, int KvPagesUsed, int KvPagesTotal, long Steps, long StepRows);
