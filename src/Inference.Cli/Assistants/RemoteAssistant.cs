using Glassbox.V1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Inference.Cli.Options;
using Inference.Decoding.Layers;
using Inference.Decoding.Sampling;
using Inference.Models.Regions;
using Region = Glassbox.V1.Region;

namespace Inference.Cli.Assistants;

/// <summary>A server somewhere, spoken to over gRPC.</summary>
/// <param name="address">Where it is: <c>http://host:port</c>.</param>
/// <param name="model">Name of the model; empty for its default.</param>
internal sealed class RemoteAssistant(Uri address, string model) : IAssistant
{
    // Above it an image goes through UploadImage; servers take at least this much in one message.
    private const int LargestInlineImage = 3 << 20;
    private const int UploadChunk = 64 << 10;

    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(address);

    private VisionLanguageService.VisionLanguageServiceClient Client => new(_channel);

    /// <inheritdoc/>
    public async Task<Answer> GenerateAsync(
        Question question, SamplingOverrides sampling, Action<string> onText, CancellationToken cancellationToken)
    {
        var request = new GenerateRequest
        {
            Model = model,
            Parameters = Wire.Parameters(await ReadFilesAsync(sampling, cancellationToken), question),
            Output = Wire.Output(sampling, keptTokens: question.Pruning is not null),
        };
        if (question.System is { } system)
        {
            request.Messages.Add(new Message { Role = Role.System, Parts = { new Part { Text = system } } });
        }

        var turn = new Message { Role = Role.User };
        foreach (var image in question.Images)
        {
            turn.Parts.Add(new Part { Image = await SourceAsync(image, cancellationToken) });
        }

        turn.Parts.Add(new Part { Text = question.Prompt });
        request.Messages.Add(turn);
        using var call = Client.Generate(request, cancellationToken: cancellationToken);
        var (name, tokens, claims) = ("", new List<AnswerToken>(), new List<VerifiedClaim>());
        var (probes, guarded) = (new ProbeWire(), new List<GuardedSentence>());
        await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            switch (response.EventCase)
            {
                case GenerateResponse.EventOneofCase.Started:
                    name = response.Started.Model;
                    break;
                case GenerateResponse.EventOneofCase.Token:
                    tokens.AddRange(response.Token.Tokens.Select(Wire.Token));
                    probes.Add(response.Token);
                    onText(response.Token.Text);
                    break;
                case GenerateResponse.EventOneofCase.Span:
                    probes.Add(response.Span);
                    break;
                case GenerateResponse.EventOneofCase.Sentence:
                    probes.Add(response.Sentence);
                    break;
                case GenerateResponse.EventOneofCase.Guarded:
                    guarded.Add(response.Guarded);
                    break;
                case GenerateResponse.EventOneofCase.Claim:
                    claims.Add(response.Claim);
                    break;
                case GenerateResponse.EventOneofCase.Completed:
                    return Wire.Answer(name, response.Completed, tokens) with
                    {
                        Probes = question.Probes is null ? null : probes.Read(),
                        Guard = GuardWire.Report(guarded, response.Completed.Usage.Guard),
                        Claims = question.Verification is null ? null : ClaimWire.Verdicts(claims, response.Completed.Text),
                    };
            }
        }

        throw new CommandException("The server ended the stream without an answer.");
    }

    /// <summary>How busy the server is, and what it has done since its start.</summary>
    public async Task<GetLoadResponse> LoadAsync(CancellationToken cancellationToken)
    {
        using var call = Client.GetLoadAsync(new GetLoadRequest { Model = model }, cancellationToken: cancellationToken);
        return await call.ResponseAsync;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Answer>> DescribeAsync(
        RegionQuestion question, SamplingOverrides sampling, IRegionObserver? observer, CancellationToken cancellationToken)
    {
        var request = new DescribeRegionsRequest
        {
            Model = model,
            Image = await SourceAsync(question.Image, cancellationToken),
            Regions = { question.Regions.Select((box, i) => new Region { Id = Wire.RegionId(i), Box = Wire.Box(box, question.Space) }) },
            Parameters = Wire.Parameters(await ReadFilesAsync(sampling, cancellationToken), question),
            Output = Wire.Output(sampling, keptTokens: question.Pruning is not null),
            InDetail = question.InDetail,
            Candidates = question.Candidates is { } wanted ? WireCandidates.Options(await ReadFilesAsync(wanted, cancellationToken)) : null,
        };
        using var call = Client.DescribeRegions(request, cancellationToken: cancellationToken);
        var name = "";
        var regions = new RegionCompleted[question.Regions.Count];
        var candidates = regions.Select(_ => new List<Candidate>()).ToArray();
        ProbeWire[] probes = [.. regions.Select(_ => new ProbeWire())];
        var claims = regions.Select(_ => new List<VerifiedClaim>()).ToArray();
        var guarded = regions.Select(_ => new List<GuardedSentence>()).ToArray();
        await foreach (var response in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            switch (response.EventCase)
            {
                case DescribeRegionsResponse.EventOneofCase.Started:
                    name = response.Started.Model;
                    break;
                case DescribeRegionsResponse.EventOneofCase.Token:
                    probes[Wire.RegionIndex(response.RegionId)].Add(response.Token);
                    observer?.Append(Wire.RegionIndex(response.RegionId), response.Token.Text);
                    break;
                case DescribeRegionsResponse.EventOneofCase.Span:
                    probes[Wire.RegionIndex(response.RegionId)].Add(response.Span);
                    break;
                case DescribeRegionsResponse.EventOneofCase.Sentence:
                    probes[Wire.RegionIndex(response.RegionId)].Add(response.Sentence);
                    break;
                case DescribeRegionsResponse.EventOneofCase.Guarded:
                    guarded[Wire.RegionIndex(response.RegionId)].Add(response.Guarded);
                    break;
                case DescribeRegionsResponse.EventOneofCase.Claim:
                    claims[Wire.RegionIndex(response.RegionId)].Add(response.Claim);
                    break;
                case DescribeRegionsResponse.EventOneofCase.Candidate:
                    candidates[Wire.RegionIndex(response.RegionId)].Add(response.Candidate);
                    break;
                case DescribeRegionsResponse.EventOneofCase.RegionCompleted:
                    regions[Wire.RegionIndex(response.RegionId)] = response.RegionCompleted;
                    observer?.End(Wire.RegionIndex(response.RegionId));
                    break;
                case DescribeRegionsResponse.EventOneofCase.Completed:
                    return [.. regions.Select((region, i) => Wire.Answer(name, region, response.Completed) with
                    {
                        Probes = question.Probes is null ? null : probes[i].Read(),
                        Guard = region.HasCandidate
                            ? WireCandidates.Guard(candidates[i][(int)region.Candidate])
                            : GuardWire.Report(guarded[i], region.Usage.Guard),
                        Claims = question.Verification is null ? null : ClaimWire.Verdicts(claims[i], region.Text),
                        Candidates = WireCandidates.Candidates(region, candidates[i]),
                    })];
            }
        }

        throw new CommandException("The server ended the stream without all descriptions.");
    }

    /// <inheritdoc/>
    public async Task<Location> LocateAsync(PhraseQuestion question, SamplingOverrides sampling, CancellationToken cancellationToken)
    {
        var request = new LocatePhraseRequest
        {
            Model = model,
            Image = await SourceAsync(question.Image, cancellationToken),
            Phrase = question.Phrase,
            Parameters = Wire.Parameters(await ReadFilesAsync(sampling, cancellationToken), question.Pruning),
            Space = Wire.Space(question.Space),
        };
        using var call = Client.LocatePhraseAsync(request, cancellationToken: cancellationToken);
        var response = await call.ResponseAsync;
        return Wire.Location(model, response);
    }

    /// <inheritdoc/>
    public async Task<Verification> VerifyAsync(ClaimsQuestion question, CancellationToken cancellationToken)
    {
        var request = ClaimWire.Request(question);
        (request.Model, request.Image) = (model, await SourceAsync(question.Image, cancellationToken));
        using var call = Client.VerifyClaimsAsync(request, cancellationToken: cancellationToken);
        return ClaimWire.Verification(await call.ResponseAsync, question.Text);
    }

    // Priors in files are bound to a model, so the server is asked which one it has.
    private async Task<SamplingOverrides> ReadFilesAsync(SamplingOverrides sampling, CancellationToken cancellationToken) =>
        sampling with { Strategy = await ReadFilesAsync(sampling.Strategy, cancellationToken) };

    private async Task<CandidateQuestion> ReadFilesAsync(CandidateQuestion wanted, CancellationToken cancellationToken)
    {
        var sources = wanted.Sources.ToArray();
        for (var i = 0; i < sources.Length; i++)
        {
            sources[i] = sources[i] with { Strategy = await ReadFilesAsync(sources[i].Strategy, cancellationToken) };
        }

        return wanted with { Sources = sources };
    }

    private async Task<StrategyChoice?> ReadFilesAsync(StrategyChoice? choice, CancellationToken cancellationToken)
    {
        if (!PriorFiles.Any(choice))
        {
            return choice;
        }

        using var call = Client.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken);
        var models = (await call.ResponseAsync).Models;
        var asked = model.Length == 0 ? models[0] : models.FirstOrDefault(served => served.Name == model);
        return PriorFiles.Expand(choice, asked?.Fingerprint ?? "");
    }

    private async Task<ImageSource> SourceAsync(byte[] image, CancellationToken cancellationToken)
    {
        if (image.Length <= LargestInlineImage)
        {
            return new ImageSource { Data = UnsafeByteOperations.UnsafeWrap(image) };
        }

        using var call = Client.UploadImage(cancellationToken: cancellationToken);
        for (var offset = 0; offset < image.Length; offset += UploadChunk)
        {
            var chunk = UnsafeByteOperations.UnsafeWrap(image.AsMemory(offset, Math.Min(UploadChunk, image.Length - offset)));
            await call.RequestStream.WriteAsync(new UploadImageRequest { Model = model, Chunk = chunk }, cancellationToken);
        }

        await call.RequestStream.CompleteAsync();
        var response = await call.ResponseAsync;
        return new ImageSource { Sha256 = response.Image.Sha256 };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }
}
