using Glassbox.V1;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Models.Tokenization;

namespace Inference.Server.Responses;

/// <summary>Tokens of the engine as the request wants to see them.</summary>
internal sealed class TokenMessages(Tokenizer tokenizer, OutputOptions? options, bool scored = false)
{
    private readonly bool _logprobs = options is { Logprobs: true } or { TopLogprobs: > 0 };

    /// <summary>Whether tokens are sent at all, or text only.</summary>
    public bool Wanted { get; } = options is { Tokens: true } or { Logprobs: true } or { TopLogprobs: > 0 } || scored;

    /// <summary>Whether the usage tells which image tokens pruning kept.</summary>
    public bool WantsKept { get; } = options is { KeptTokens: true };

    public TokenDelta Delta(TokenEvent token)
    {
        var delta = new TokenDelta { Text = token.Text, CompletionTokens = (uint)token.Index + 1 };
        if (Wanted)
        {
            delta.Tokens.Add(Token(token));
        }

        return delta;
    }

    public TokenDelta Delta(AnswerText text) =>
        text.Token is { } token ? Delta(token) : new TokenDelta { Text = text.Text, CompletionTokens = (uint)text.CompletionTokens };

    public Token Token(TokenEvent token)
    {
        var message = new Token { Index = (uint)token.Index, Id = (uint)token.Id, Text = TextOf(token.Id) };
        message.Probes.AddRange(token.Scores.Select(ProbeMessages.Score));
        if (_logprobs)
        {
            message.Logprob = token.Logprob;
            message.Top.AddRange(token.TopLogprobs.Select(top => new TopToken
            {
                Id = (uint)top.Id,
                Text = TextOf(top.Id),
                Logprob = top.Logprob,
            }));
        }

        return message;
    }

    private string TextOf(int id) => tokenizer.Decode([id], skipSpecialTokens: false);
}
