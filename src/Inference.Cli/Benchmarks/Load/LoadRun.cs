using System.Diagnostics;
using Grpc.Core;
using Inference.Cli.Assistants;
using Inference.Decoding.Sampling;

namespace Inference.Cli.Benchmarks.Load;

/// <summary>Sends requests over gRPC and notes when what comes back comes back.</summary>
/// <param name="assistant">The server.</param>
/// <param name="settings">How.</param>
internal sealed class LoadRun(IAssistant assistant, LoadSettings settings)
{
    private long _start;

    /// <summary>A request that does not count: the connection stands, and all code has run.</summary>
    public Task WarmUpAsync(LoadRequest request, CancellationToken cancellationToken) => AskAsync(request, 0, cancellationToken);

    /// <summary>One sample a request, in their order.</summary>
    public async Task<LoadSample[]> RunAsync(LoadRequest[] requests, CancellationToken cancellationToken)
    {
        var samples = new LoadSample[requests.Length];
        _start = Stopwatch.GetTimestamp();
        if (settings.Rate is not null)
        {
            await Task.WhenAll(requests.Select(async (request, i) => samples[i] = await WhenDueAsync(request, i, cancellationToken)));
            return samples;
        }

        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(settings.Clients, requests.Length)).Select(async _ =>
        {
            for (var i = Interlocked.Increment(ref next); i < requests.Length; i = Interlocked.Increment(ref next))
            {
                samples[i] = await AskAsync(requests[i] with { Arrival = Now }, i, cancellationToken);
            }
        }));
        return samples;
    }

    private TimeSpan Now => Stopwatch.GetElapsedTime(_start);

    private async Task<LoadSample> WhenDueAsync(LoadRequest request, int number, CancellationToken cancellationToken)
    {
        if (request.Arrival - Now is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, cancellationToken);
        }

        return await AskAsync(request, number, cancellationToken);
    }

    private async Task<LoadSample> AskAsync(LoadRequest request, int number, CancellationToken cancellationToken)
    {
        var pieces = new List<TimeSpan>(settings.MaxTokens);
        try
        {
            var question = new Question(request.Image is { } image ? [image] : [], request.Prompt, System: null);
            var sampling = new SamplingOverrides { MaxTokens = settings.MaxTokens, Seed = (ulong)number };
            var answer = await assistant.GenerateAsync(question, sampling, _ => pieces.Add(Now), cancellationToken);
            return new LoadSample(request.Arrival, pieces, Now, answer, Failure: null);
        }
        catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
        {
            return new LoadSample(request.Arrival, pieces, Now, Answer: null, failure.StatusCode.ToString());
        }
    }
}
