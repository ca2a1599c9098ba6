using System.Diagnostics;
using Grpc.Core;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Models.Prompts;
using Inference.Server.Errors;
using Inference.Server.Hosting;

namespace Inference.Server.Calls;

/// <summary>
/// One call inside the server: the models, what may end it, and how far it has come. Disposing it ends whatever it still runs.
/// </summary>
internal sealed class Call : IDisposable
{
    private readonly long _arrived = Stopwatch.GetTimestamp();
    private readonly ServerState _state;
    private readonly ServerCallContext _context;
    private readonly CancellationTokenSource _ended;
    private CancellationTokenSource? _timeLimit;
    private CancellationTokenSource? _work;
    private Func<GenerationStage>? _stage;

    /// <summary>Enters the server.</summary>
    /// <exception cref="RpcException">It takes no calls now.</exception>
    public Call(ServerCallContext context, ServerState state, ServerOptions options, bool isProbe)
    {
        (_context, _state, Options) = (context, state, options);
        Models = state.Enter(isProbe);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, state.Stopping);
    }

    public ModelHost Models { get; }

    public ServerOptions Options { get; }

    public ServerCallContext Context => _context;

    /// <summary>Fires when nobody waits for the answer any more: client gone, deadline passed, server stopping.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Ends the generations of the call: <see cref="Ended"/>, or the time limit of the request.</summary>
    public CancellationToken Work => (_work ?? _ended).Token;

    /// <summary>Whether the request's own time limit has passed, which returns what there is instead of failing.</summary>
    public bool TimeLimitPassed => _timeLimit?.IsCancellationRequested == true;

    /// <summary>Starts the clock of StopConditions.time_limit; it counts from the arrival of the request.</summary>
    public void LimitTime(TimeSpan? limit)
    {
        if (limit is { } time)
        {
            var left = time - Stopwatch.GetElapsedTime(_arrived);
            _timeLimit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1));
            _work = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, _timeLimit.Token);
        }
    }

    /// <summary>Makes the stage of a generation the stage of the call.</summary>
    public void Follow(Generation generation) => _stage ??= () => generation.LastStage;

    /// <summary>Makes the stage of an answer the stage of the call.</summary>
    public void Follow(AnswerStream answer) => _stage ??= () => answer.LastStage;

    /// <summary>The model of a request.</summary>
    /// <exception cref="RpcException">NOT_FOUND.</exception>
    public ServedModel FindModel(string name) =>
        Models.Find(name) ?? throw Rejections.UnknownModel(name, Models.Models.Select(model => model.Name));

    /// <summary>The status that a failure ends the call with; null where it has one already or is a fault of the server.</summary>
    public RpcException? Translate(Exception failure) => failure switch
    {
        AdmissionException refusal => Rejections.From(refusal, Options.RetryDelay),
        PromptException refusal => InvalidArgument(refusal),
        OperationCanceledException when _state.Stopping.IsCancellationRequested => _state.Refusal(),
        OperationCanceledException when _context.GetHttpContext().RequestAborted.IsCancellationRequested => Rejections.Cancelled(),
        OperationCanceledException when _context.CancellationToken.IsCancellationRequested => RpcErrors.DeadlineExceeded(Stage),
        _ => null,
    };

    // Clients know three stages: what comes before the engine takes the request is waiting to them, encoding is reading the prompt.
    private string Stage => (_stage?.Invoke() ?? GenerationStage.Queued) switch
    {
        GenerationStage.Queued => "queue",
        GenerationStage.Encoding or GenerationStage.Prefill => "prefill",
        _ => "decode",
    };

    private static RpcException InvalidArgument(PromptException refusal)
    {
        var violations = new Violations();
        violations.Add(refusal);
        return violations.ToException();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _work?.Dispose();
        _timeLimit?.Dispose();
        _ended.Dispose();
        _state.Leave();
    }
}
