using Inference.Engine;

namespace Inference.Cli.Assistants;

/// <summary>Ends of generation as JSON output spells them: the names of the API's enum in lower case.</summary>
internal static class FinishReasons
{
    public static string Name(FinishReason reason) => reason switch
    {
        FinishReason.StopToken => "stop_token",
        FinishReason.StopSequence => "stop_sequence",
        FinishReason.MaxTokens => "max_tokens",
        FinishReason.ContextFull => "context_full",
        FinishReason.Cancelled => "cancelled",
        FinishReason.SlowReader => "slow_reader",
        _ => "failed",
    };
}
