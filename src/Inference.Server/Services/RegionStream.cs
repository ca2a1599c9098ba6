using System.Threading.Channels;
using Glassbox.V1;
using Inference.Grounding.Answers;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Responses;
using Microsoft.Extensions.Logging;
using FinishReason = Glassbox.V1.FinishReason;

namespace Inference.Server.Services;

/// <summary>Merges the events of regions that run side by side into one stream, in the order in which they come.</summary>
internal sealed class RegionStream(Call call, TokenMessages tokens, ILogger logger)
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
        await foreach (var next in region.Answer.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await SendAsync(region, Message(next), cancellationToken).ConfigureAwait(false);
        }

        var (result, generation) = (region.Answer.Result, region.Answer.Result.Generation);
        var completed = new RegionCompleted
        {
            Box = region.Source.Box,
            Text = result.Text,
            FinishReason = Reason(region, generation),
            MatchedStopSequence = generation.StopString ?? "",
            Usage = EventMessages.Usage(generation.Usage, tokens.WantsKept),
            Timings = EventMessages.Timings(generation.Timings),
        };
        if (tokens.Wanted)
        {
            completed.Tokens.AddRange(result.Tokens.Select(tokens.Token));
        }

        completed.Usage.Guard = GuardMessages.Usage([.. region.Guards]);
        completed.Timings.Encode = null;
        await SendAsync(region, new DescribeRegionsResponse { RegionCompleted = completed }, cancellationToken).ConfigureAwait(false);
    }

    private DescribeRegionsResponse Message(AnswerEvent next) => next switch
    {
        AnswerText text => new DescribeRegionsResponse { Token = tokens.Delta(text) },
        AnswerFinding finding => ProbeMessages.Described(finding.Finding),
        AnswerRetracted retracted => new DescribeRegionsResponse { Retracted = GuardMessages.Of(retracted) },
        AnswerSegment segment => new DescribeRegionsResponse { Guarded = GuardMessages.Of(segment.Verdict) },
        AnswerClaim claim => new DescribeRegionsResponse { Claim = ClaimMessages.Of(claim.Verdict, claim.Text) },
        _ => throw new InvalidOperationException($"No message for {next.GetType().Name}."),
    };

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

    private ValueTask SendAsync(RunningRegion region, DescribeRegionsResponse next, CancellationToken cancellationToken)
    {
        next.RegionId = region.Source.Id;
        return _events.Writer.WriteAsync(next, cancellationToken);
    }
}
