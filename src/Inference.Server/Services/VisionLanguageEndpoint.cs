using Glassbox.V1;
using Grpc.Core;
using Inference.Server.Calls;
using Inference.Server.Hosting;
using Inference.Server.Images;
using Microsoft.Extensions.Logging;

namespace Inference.Server.Services;

/// <summary>glassbox.v1.VisionLanguageService: every method goes to its handler.</summary>
internal sealed class VisionLanguageEndpoint(
    ServerState state, ServerOptions options, ImageWork work, ILogger<VisionLanguageEndpoint> logger)
    : VisionLanguageService.VisionLanguageServiceBase
{
    private readonly CallRunner _calls = new(state, options);
    private readonly UploadImageHandler _uploadImage = new(work);
    private readonly GenerateHandler _generate = new(work);
    private readonly DescribeRegionsHandler _describeRegions = new(work, logger);
    private readonly LocatePhraseHandler _locatePhrase = new(work);
    private readonly VerifyClaimsHandler _verifyClaims = new(work);
    private readonly CountTokensHandler _countTokens = new(work);

    public override Task<UploadImageResponse> UploadImage(
        IAsyncStreamReader<UploadImageRequest> requestStream, ServerCallContext context) =>
        _calls.RunAsync(context, call => _uploadImage.RunAsync(requestStream, call));

    public override Task Generate(
        GenerateRequest request, IServerStreamWriter<GenerateResponse> responseStream, ServerCallContext context) =>
        _calls.RunAsync(context, responseStream, (call, writer) => _generate.RunAsync(request, call, writer));

    public override Task DescribeRegions(
        DescribeRegionsRequest request, IServerStreamWriter<DescribeRegionsResponse> responseStream, ServerCallContext context) =>
        _calls.RunAsync(context, responseStream, (call, writer) => _describeRegions.RunAsync(request, call, writer));

    public override Task<LocatePhraseResponse> LocatePhrase(LocatePhraseRequest request, ServerCallContext context) =>
        _calls.RunAsync(context, call => _locatePhrase.RunAsync(request, call));

    public override Task<VerifyClaimsResponse> VerifyClaims(VerifyClaimsRequest request, ServerCallContext context) =>
        _calls.RunAsync(context, call => _verifyClaims.RunAsync(request, call));

    public override Task<CountTokensResponse> CountTokens(CountTokensRequest request, ServerCallContext context) =>
        _calls.RunAsync(context, call => Task.FromResult(_countTokens.Run(request, call)));

    public override Task<ListModelsResponse> ListModels(ListModelsRequest request, ServerCallContext context) =>
        _calls.RunAsync(context, call => Task.FromResult(ListModelsHandler.Run(call)), isProbe: true);

    public override Task<GetLoadResponse> GetLoad(GetLoadRequest request, ServerCallContext context) =>
        _calls.RunAsync(context, call => Task.FromResult(GetLoadHandler.Run(request, call)), isProbe: true);
}
