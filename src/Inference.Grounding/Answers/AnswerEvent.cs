using Inference.Engine;
using Inference.Grounding.Guard;
using Inference.Grounding.Probes;
using Inference.Grounding.Verification;

namespace Inference.Grounding.Answers;

/// <summary>Something that happened to an answer.</summary>
public abstract record AnswerEvent;

/// <summary>The answer goes on.</summary>
/// <param name="Text">To append; possibly empty.</param>
/// <param name="CompletionTokens">Tokens of the answer so far.</param>
/// <param name="Token">The token that brought it; null for text that was held back when the answer was ended from outside.</param>
public sealed record AnswerText(string Text, int CompletionTokens, TokenEvent? Token) : AnswerEvent;

/// <summary>What the probes of the request say of words or of a sentence; in front of the text that follows it.</summary>
/// <param name="Finding">What they say.</param>
public sealed record AnswerFinding(ProbeFinding Finding) : AnswerEvent;

/// <summary>Text that was sent is taken back: a sentence of it was rejected.</summary>
/// <param name="CompletionTokens">Tokens that stay.</param>
/// <param name="Text">The text that stays.</param>
/// <param name="Segment">0-based place of the sentence in the answer.</param>
public sealed record AnswerRetracted(int CompletionTokens, string Text, int Segment) : AnswerEvent;

/// <summary>The sentence guard has decided about a sentence.</summary>
/// <param name="Verdict">What it is and what became of it.</param>
public sealed record AnswerSegment(SegmentVerdict Verdict) : AnswerEvent;

/// <summary>A claim of the answer was checked.</summary>
/// <param name="Verdict">What came out.</param>
/// <param name="Text">The answer that makes the claim.</param>
public sealed record AnswerClaim(ClaimVerdict Verdict, string Text) : AnswerEvent;
