using Inference.Engine;

namespace Inference.Grounding.Answers;

/// <summary>The engine could not go on with a request that an answer needs. For the log; its text is not for clients.</summary>
/// <param name="result">How the engine ended it.</param>
public sealed class AnswerFailedException(GenerationResult result)
    : Exception($"A generation ended with {result.Reason}.", result.Failure);
