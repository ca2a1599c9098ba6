using System.Text;
using System.Threading.Channels;
using Glassbox.V1;
using Inference.Grounding.Probes;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Responses;
using Microsoft.Extensions.Logging;
using ProbeChoice = Inference.Grounding.Probes.ProbeChoice;
using FinishReason = Glassbox.V1.FinishReason;

namespace Inference.Server.Services;

/// <summary>Merges the events of regions that run side by side into one stream, in the order in which they come.</summary>
internal sealed class RegionStream(Call call, TokenMessages tokens, IReadOnlyList<ProbeChoice> probes, ILogger logger)
{
    // A little slack between regions and connection; behind it every region waits, and the engine pauses it.
    private const int Capacity = 64;

    private readonly Channel<DescribeRegionsResponse> _events =
        Channel.CreateBounded<DescribeRegionsResponse>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Ends when every region is complete and written.</summary>
    public async Task RunAsync(IReadOnlyList<RunningRegion> regions, EventWriter<DescribeRegionsResponse> writer)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(call.Ended);
        var reading = CompleteAfterAsync(regions.Select(region => ReadAsync(region, stop.Token)).ToArray());
        try
        {
            await foreach (var next in _events.Reader.ReadAllAsync(call.Ended).ConfigureAwait(false))
            {
                await writer.WriteAsync(next).ConfigureAwait(false);
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
        }
    }

    // What ends one reader ends the call: a region that fails by itself is an event, not an exception.
    private async Task CompleteAfterAsync(Task[] readers)
    {
        Exception? failure = null;
        await foreach (var reader in Task.WhenEach(readers).ConfigureAwait(false))
        {
            if (!reader.IsCompletedSuccessfully)
            {
                failure ??= reader.Exception?.InnerException ?? new OperationCanceledException();
                _events.Writer.TryComplete(failure);
            }
        }

        _events.Writer.TryComplete();
    }

    private Task ReadAsync(RunningRegion region, CancellationToken cancellationToken) =>
        region.Candidates is { } candidates ? ReadAsync(region, candidates, cancellationToken) : ReadAnswerAsync(region, cancellationToken);

    private async Task ReadAsync(RunningRegion region, RegionCandidates candidates, CancellationToken cancellationToken)
    {
        var result = await candidates.Run.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        FinishReason[] reasons = [.. result.Candidates.Select(candidate => Reason(region, candidate.Description.Result))];
        foreach (var next in CandidateEvents.Of(region, reasons, tokens))
        {
            await SendAsync(region, next, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadAnswerAsync(RunningRegion region, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var completed = new RegionCompleted { Box = region.Source.Box };
        var aggregator = new ProbeAggregator(probes);
        await foreach (var token in region.Generation.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            text.Append(token.Text);
            if (tokens.Wanted)
            {
                completed.Tokens.Add(tokens.Token(token));
            }

            await SendAsync(region, aggregator.Add(token), cancellationToken).ConfigureAwait(false);
            await SendAsync(region, new DescribeRegionsResponse { Token = tokens.Delta(token) }, cancellationToken).ConfigureAwait(false);
        }

        var result = await region.Generation.Completion.ConfigureAwait(false);
        completed.FinishReason = Reason(region, result);
        if (result.HeldText.Length > 0)
        {
            text.Append(result.HeldText);
            var held = new TokenDelta { Text = result.HeldText, CompletionTokens = (uint)result.Usage.CompletionTokens };
            await SendAsync(region, new DescribeRegionsResponse { Token = held }, cancellationToken).ConfigureAwait(false);
        }

        await SendAsync(region, [.. aggregator.Append(result.HeldText), .. aggregator.End()], cancellationToken).ConfigureAwait(false);
        completed.Text = text.ToString();
        completed.MatchedStopSequence = result.StopString ?? "";
        completed.Usage = EventMessages.Usage(result.Usage, tokens.WantsKept);
        completed.Timings = EventMessages.Timings(result.Timings);
        completed.Timings.Encode = null;
        await SendAsync(region, new DescribeRegionsResponse { RegionCompleted = completed }, cancellationToken).ConfigureAwait(false);
    }

    private FinishReason Reason(RunningRegion region, Engine.GenerationResult result)
    {
        try
        {
            return Endings.Of(result, call, region.WasCut);
        }
        catch (GenerationFailedException failure) when (failure.InnerException is Decoding.Sampling.SamplingException)
        {
            Log.RegionFailed(logger, failure);
            return FinishReason.Failed;
        }
    }

    private async ValueTask SendAsync(RunningRegion region, IReadOnlyList<ProbeFinding> findings, CancellationToken cancellationToken)
    {
        foreach (var next in ProbeMessages.Described(findings))
        {
            await SendAsync(region, next, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask SendAsync(RunningRegion region, DescribeRegionsResponse next, CancellationToken cancellationToken)
    {
        next.RegionId = region.Source.Id;
        return _events.Writer.WriteAsync(next, cancellationToken);
    }
}
