namespace Inference.Models.Tokenization.Patterns.Oniguruma;

/// <summary>The pattern is wrong or uses something that has no translation; the message says what.</summary>
internal sealed class UnsupportedPatternException(string problem) : Exception(problem);
