using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Rpc;
using Inference.Server.Tests.Support;
using Code = Grpc.Core.StatusCode;

namespace Inference.Server.Tests.Interop;

/// <summary>The same plan in clients of other makers, against the real service.</summary>
[Collection(SharedServer.Name)]
public sealed class InteropTests(ServerFixture fixture)
{
    private const string Service = "glassbox.v1.VisionLanguageService";
    private const string Caption = "there are a large yellow cross, a small orange triangle, a large green ring and a small yellow diamond";

    [Fact]
    public async Task Grpc_js_is_served() =>
        await AssertAsync(await ForeignClient.RunGrpcJsAsync(fixture.Server.Server.Address, await PlanAsync()));

    [Fact]
    public async Task Grpcio_is_served_knowing_reflection_alone()
    {
        var results = await ForeignClient.RunGrpcioAsync(fixture.Server.Server.Address, await PlanAsync());
        Assert.Contains(Service, results["reflection"].GetProperty("services").EnumerateArray().Select(name => name.GetString()));
        await AssertAsync(results);
    }

    private async Task<string> PlanAsync()
    {
        var image = new JsonObject { ["image"] = new JsonObject { ["data"] = Convert.ToBase64String(Demo.FirstScene) } };
        var question = Question(image, new JsonObject { ["text"] = "Describe the image." });
        var endless = Question(new JsonObject { ["text"] = "Describe the image." });
        endless["parameters"] = new JsonObject
        {
            ["sampling"] = new JsonObject { ["temperature"] = 100, ["seed"] = await LongRun.Seed(fixture.Server.Client) },
            ["stop"] = new JsonObject { ["max_tokens"] = 5000 },
        };
        var region = new JsonObject
        {
            ["id"] = "a",
            ["box"] = new JsonObject
            {
                ["x1"] = 0.14,
                ["y1"] = 0.5,
                ["x2"] = 0.45,
                ["y2"] = 0.81,
                ["space"] = "COORDINATE_SPACE_NORMALIZED",
            },
        };
        var regions = new JsonObject { ["image"] = image["image"]!.DeepClone(), ["regions"] = new JsonArray(region) };
        var chunks = Demo.FirstScene.Chunk(1000).Select(chunk => new JsonObject { ["chunk"] = Convert.ToBase64String(chunk) })
            .ToArray<JsonNode>();
        return new JsonArray(
            Case("generate", "Generate", [question]),
            Case("regions", "DescribeRegions", [regions]),
            Case("upload", "UploadImage", chunks),
            Case("models", "ListModels", []),
            Case("gzip", "Generate", [question.DeepClone()], ("compress", "gzip")),
            Case("deadline", "Generate", [endless], ("deadline_ms", 150)),
            Case("cancel", "Generate", [endless.DeepClone()], ("cancel_after", 3)),
            Case("oversize", "UploadImage", [], ("fill", new JsonObject { ["field"] = "chunk", ["bytes"] = 17 << 20 })),
            Case("hundred streams", "Generate", [question.DeepClone()], ("parallel", 100)),
            Case("bad request", "Generate", [new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = "ROLE_USER" }) }]),
            Case("unknown model", "Generate", [new JsonObject { ["model"] = "gpt" }]),
            new JsonObject
            {
                ["name"] = "health",
                ["method"] = "grpc.health.v1.Health/Check",
                ["requests"] = new JsonArray(new JsonObject { ["service"] = Service }),
            })
            .ToJsonString();
    }

    private async Task AssertAsync(IReadOnlyDictionary<string, JsonElement> results)
    {
        Assert.Equal(Caption, Last("generate").GetProperty("text").GetString());
        // started, 22 tokens, completed.
        Assert.Equal(24, Ok("generate"));
        Assert.True(Ok("regions") > 3);
        Assert.Equal("demo", results["models"].GetProperty("responses")[0].GetProperty("models")[0].GetProperty("name").GetString());
        Assert.Equal(64, results["upload"].GetProperty("responses")[0].GetProperty("image").GetProperty("image_tokens").GetInt32());
        Assert.Equal(24, Ok("gzip"));
        Fails("deadline", Code.DeadlineExceeded);
        Assert.InRange(results["deadline"].GetProperty("elapsed_ms").GetInt32(), 100, 3000);
        Fails("cancel", Code.Cancelled);
        Fails("oversize", Code.ResourceExhausted);
        Assert.Equal(2400, Ok("hundred streams"));
        Fails("bad request", Code.InvalidArgument);
        Assert.Equal("messages[0].parts", Details("bad request").Details[0].Unpack<BadRequest>().FieldViolations[0].Field);
        Fails("unknown model", Code.NotFound);
        Assert.Equal("SERVING", results["health"].GetProperty("responses")[0].GetProperty("status").GetString());
        Assert.True(await fixture.Server.IsIdleWithin(TimeSpan.FromSeconds(5)));

        JsonElement Last(string name) => results[name].GetProperty("last").GetProperty("completed");
        string Trailer(string name, string key) => results[name].GetProperty("trailers").GetProperty(key).GetString()!;
        Google.Rpc.Status Details(string name) =>
            Google.Rpc.Status.Parser.ParseFrom(Convert.FromBase64String(Trailer(name, "grpc-status-details-bin")));
        void Fails(string name, Code code) =>
            Assert.True(results[name].GetProperty("code").GetInt32() == (int)code, $"{name}: {results[name]}");
        int Ok(string name)
        {
            Fails(name, Code.OK);
            return results[name].GetProperty("count").GetInt32();
        }
    }

    private static JsonObject Question(params JsonNode[] parts) => new()
    {
        ["messages"] = new JsonArray(new JsonObject
        {
            ["role"] = "ROLE_USER",
            ["parts"] = new JsonArray([.. parts.Select(part => part.DeepClone())]),
        }),
    };

    private static JsonObject Case(string name, string method, JsonNode[] requests, params (string Key, JsonNode Value)[] settings)
    {
        var item = new JsonObject { ["name"] = name, ["method"] = $"{Service}/{method}" };
        if (requests.Length > 0)
            item["requests"] = new JsonArray(requests);
        foreach (var (key, value) in settings)
            item[key] = value;
        return item;
    }
}
