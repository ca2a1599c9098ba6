using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Inference.Grpc.Tests.Interop;

/// <summary>Runs a plan of cases in a client that nobody here wrote (tests/interop) and returns what it reports, by case.</summary>
internal static class ForeignClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static string InteropFolder { get; } = Folder("InteropFolder");

    public static Task<IReadOnlyDictionary<string, JsonElement>> RunGrpcJsAsync(Uri server, string plan)
    {
        var folder = Path.Combine(InteropFolder, "grpc-js");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "grpc-js"))) throw Missing("grpc-js");
        return RunAsync("node", server, plan,
        [
            Path.Combine(folder, "client.mjs"), "--include", Folder("EchoProtoFolder"), "--include", Folder("ProtoFolder"),
            "--proto", "echo.proto", "--proto", "grpc/health/v1/health.proto", "--proto", "grpc/reflection/v1/reflection.proto",
        ]);
    }

    public static Task<IReadOnlyDictionary<string, JsonElement>> RunGrpcioAsync(Uri server, string plan, string reflection = "v1")
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/grpc")) throw Missing("python3-grpcio");
        return RunAsync("/usr/bin/python3", server, plan, [Path.Combine(InteropFolder, "grpcio", "client.py"), "--reflection", reflection]);
    }

    private static async Task<IReadOnlyDictionary<string, JsonElement>> RunAsync(
        string program, Uri server, string plan, string[] arguments)
    {
        var planFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(planFile, plan);
        var start = new ProcessStartInfo(program, [.. arguments, "--target", server.Authority, "--plan", planFile])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{program} failed: {await errors}");
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement)
                .ToDictionary(line => line.GetProperty("name").GetString()!);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
            File.Delete(planFile);
        }
    }

    private static InvalidOperationException Missing(string what) =>
        new($"{what} is not installed. Run {Path.Combine(InteropFolder, "setup.sh")} and try again.");

    private static string Folder(string name) => typeof(ForeignClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == name).Value!;
}
