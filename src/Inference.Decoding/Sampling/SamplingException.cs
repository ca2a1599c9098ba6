namespace Inference.Decoding.Sampling;

/// <summary>No token can be chosen from these scores: the request fails, others go on.</summary>
public sealed class SamplingException(string message) : Exception(message);
