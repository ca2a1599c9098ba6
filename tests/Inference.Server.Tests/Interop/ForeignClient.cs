using System.Diagnostics;
using System.Text.Json;

namespace Inference.Server.Tests.Interop;

/// <summary>Runs a plan of calls in a client of another maker (tests/interop) and returns what it reports, by case.</summary>
internal static class ForeignClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);
    private static readonly string Repository = FindRepository();
    private static readonly string Interop = Path.Combine(Repository, "tests", "interop");

    public static Task<IReadOnlyDictionary<string, JsonElement>> RunGrpcJsAsync(Uri server, string plan)
    {
        var folder = Path.Combine(Interop, "grpc-js");
        Require(Path.Combine(folder, "node_modules", "@grpc", "grpc-js"));
        return RunAsync("node", server, plan,
        [
            Path.Combine(folder, "client.mjs"), "--include", Path.Combine(Repository, "protos"),
            "--proto", "glassbox/v1/service.proto", "--proto", "grpc/health/v1/health.proto", "--proto",
            "grpc/reflection/v1/reflection.proto",
        ]);
    }

    public static Task<IReadOnlyDictionary<string, JsonElement>> RunGrpcioAsync(Uri server, string plan)
    {
        Require("/usr/lib/python3/dist-packages/grpc");
        return RunAsync("/usr/bin/python3", server, plan, [Path.Combine(Interop, "grpcio", "client.py")]);
    }

    private static async Task<IReadOnlyDictionary<string, JsonElement>> RunAsync(
        string program, Uri server, string plan, string[] arguments)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, plan);
        var start = new ProcessStartInfo(program, [.. arguments, "--target", server.Authority, "--plan", file])
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
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
            File.Delete(file);
        }
    }

    private static void Require(string folder)
    {
        if (!Directory.Exists(folder))
            throw new InvalidOperationException($"{folder} is missing. Run {Path.Combine(Interop, "setup.sh")} and try again.");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "protos", "glassbox", "v1", "service.proto")))
                return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no 'protos' folder above {AppContext.BaseDirectory}");
    }
}
