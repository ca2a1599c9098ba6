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
        FinishReason.Until => "guard",
        FinishReason.Cancelled => "cancelled",
        FinishReason.SlowReader => "slow_reader",
        _ => "failed",
    };

    public static string Name(Glassbox.V1.FinishReason reason) => reason switch
    {
        Glassbox.V1.FinishReason.StopToken => "stop_token",
        Glassbox.V1.FinishReason.StopSequence => "stop_sequence",
        Glassbox.V1.FinishReason.MaxTokens => "max_tokens",
        Glassbox.V1.FinishReason.ContextFull => "context_full",
        Glassbox.V1.FinishReason.Guard => "guard",
        Glassbox.V1.FinishReason.TimeLimit => "time_limit",
        Glassbox.V1.FinishReason.Cancelled => "cancelled",
        _ => "unknown",
    };
}
