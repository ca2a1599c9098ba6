using System.Net;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Inference.Grpc.Tests.Protos;
using Inference.Grpc.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Inference.Grpc.Tests.Server;

public class HostingTests
{
    [Fact]
    public async Task Middleware_can_reject_a_call_with_a_rich_status()
    {
        await using var app = await StartAsync(app => app.Use(async (http, next) =>
        {
            if (http.Request.Headers.Authorization.Count > 0)
                await next(http);
            else
                http.Response.RejectGrpc(RpcErrors.Unavailable("DRAINING", "The server stops.", TimeSpan.FromSeconds(1)));
        }));
        var client = new EchoService.EchoServiceClient(GrpcChannel.ForAddress(app.Urls.Single()));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.EchoAsync(new EchoRequest()));
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal("DRAINING", error.GetDetail<Google.Rpc.ErrorInfo>()!.Reason);
        var response = await client.EchoAsync(new EchoRequest { Text = "in" }, new Metadata { { "authorization", "yes" } });
        Assert.Equal("in", response.Text);
    }

    [Fact]
    public async Task Response_headers_leave_before_the_first_message()
    {
        await using var app = await StartAsync(_ => { }, new HeadersFirst());
        var client = new EchoService.EchoServiceClient(GrpcChannel.ForAddress(app.Urls.Single()));
        using var call = client.EchoMany(new EchoRequest());
        Assert.Equal("early", (await call.ResponseHeadersAsync).GetValue("x-when"));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext());
        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal("late", call.GetTrailers().GetValue("x-when"));
    }

    [Fact]
    public async Task A_call_over_http_1_is_told_to_upgrade()
    {
        await using var app = await StartAsync(_ => { }, protocols: HttpProtocols.Http1);
        using var http = new HttpClient();
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new("application/grpc");
        using var response = await http.PostAsync(new Uri(new Uri(app.Urls.Single()), "glassbox.test.v1.EchoService/Echo"), content);
        Assert.Equal(HttpStatusCode.UpgradeRequired, response.StatusCode);
    }

    [Theory]
    [InlineData(0, null, "MaxReceiveMessageSize")]
    [InlineData(null, "br", "ResponseCompressionAlgorithm")]
    public async Task Options_out_of_range_fail_at_the_start_by_name(int? size, string? algorithm, string name)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(_ => { }, configure: options =>
        {
            options.MaxReceiveMessageSize = size;
            options.ResponseCompressionAlgorithm = algorithm;
        }));
        Assert.StartsWith(name, error.Message, StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(
        Action<WebApplication> middleware, EchoService.EchoServiceBase? service = null, HttpProtocols protocols = HttpProtocols.Http2,
        Action<GrpcServiceOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols));
        builder.Services.AddGrpc(configure);
        var app = builder.Build();
        middleware(app);
        app.MapGrpcService(EchoService.BindService, service ?? new EchoServiceImplementation());
        await app.StartAsync();
        return app;
    }

    private sealed class HeadersFirst : EchoService.EchoServiceBase
    {
        public override async Task EchoMany(
            EchoRequest request, IServerStreamWriter<EchoResponse> responseStream, ServerCallContext context)
        {
            await context.WriteResponseHeadersAsync(new Metadata { { "x-when", "early" } });
            context.ResponseTrailers.Add("x-when", "late");
            context.Status = new Status(StatusCode.Aborted, "on purpose");
        }
    }
}
