namespace Inference.Grounding.Answers;

/// <summary>
/// A way to make an answer: ordinary asynchronous code that submits generations, reads them, and emits what is to be seen.
/// </summary>
internal interface IAnswerMethod
{
    /// <summary>
    /// Makes the answer. The first generation is submitted before anything is awaited, so that a request the engine does not take is
    /// refused at once. When the request is cancelled the method ends with what there is.
    /// </summary>
    Task<AnswerResult> RunAsync(AnswerScope scope);
}
