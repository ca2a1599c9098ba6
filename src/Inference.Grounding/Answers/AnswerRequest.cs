using Inference.Models.Prompts;

namespace Inference.Grounding.Answers;

/// <summary>What is to be answered.</summary>
/// <param name="Model">Who answers.</param>
/// <param name="Prompt">The question with its images in place.</param>
/// <param name="Images">
/// Images by the index that the spans of the prompt name. The caller keeps its references; the answer takes its own.
/// </param>
/// <param name="Options">How.</param>
public sealed record AnswerRequest(ServedModel Model, EncodedPrompt Prompt, IReadOnlyList<PreparedImage> Images, AnswerOptions Options);
