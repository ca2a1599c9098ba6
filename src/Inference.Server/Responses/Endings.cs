using Glassbox.V1;
using Grpc.Core;
using Inference.Engine;
using Inference.Server.Calls;
using Inference.Server.Errors;
using FinishReason = Glassbox.V1.FinishReason;

namespace Inference.Server.Responses;

/// <summary>Why a generation ended, as clients see it.</summary>
internal static class Endings
{
    /// <summary>The reason of an answer that is complete or was cut short as the request wanted.</summary>
    /// <param name="result">How the engine ended it.</param>
    /// <param name="call">The call it belongs to.</param>
    /// <param name="wasCut">The number of tokens was cut to what the context holds.</param>
    /// <exception cref="OperationCanceledException">The call has ended.</exception>
    /// <exception cref="RpcException">The client did not read.</exception>
    /// <exception cref="GenerationFailedException">A fault of the server.</exception>
    public static FinishReason Of(GenerationResult result, Call call, bool wasCut)
    {
        switch (result.Reason)
        {
            case Engine.FinishReason.StopToken:
                return FinishReason.StopToken;
            case Engine.FinishReason.StopSequence:
                return FinishReason.StopSequence;
            case Engine.FinishReason.MaxTokens:
                return wasCut ? FinishReason.ContextFull : FinishReason.MaxTokens;
            case Engine.FinishReason.ContextFull:
                return FinishReason.ContextFull;
            case Engine.FinishReason.Until:
                return FinishReason.Guard;
            case Engine.FinishReason.SlowReader:
                throw Rejections.SlowReader();
            default:
                call.Ended.ThrowIfCancellationRequested();
                return result.Failure is null && call.TimeLimitPassed
                    ? FinishReason.TimeLimit
                    : throw new GenerationFailedException(result.Failure);
        }
    }
}
