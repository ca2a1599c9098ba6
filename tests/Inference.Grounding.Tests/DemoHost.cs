using Inference.Compute.Cpu;
using Inference.Decoding.Probes;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding.Answers;
using Inference.Models.Prompts;

namespace Inference.Grounding.Tests;

/// <summary>The bundled model on an engine in this process, and questions about its scenes.</summary>
public sealed class DemoHost : IDisposable
{
    private readonly CpuBackend _backend = new(new CpuOptions { Threads = 2 });

    public DemoHost()
        : this([])
    {
    }

    private DemoHost(Probe[] probes, EngineOptions? engine = null)
    {
        var model = ServedModel.Load("demo", Path.Combine(Root, "model"), _backend, contextLength: 1024);
        Array.ForEach(probes, model.Add);
        engine ??= new EngineOptions { ContextLength = 1024, KvBytes = 64 << 20 };
        Host = new ModelHost(_backend, [model], new ModelHostOptions { Engine = engine });
    }

    public static string Root { get; } = Find();

    /// <summary>A host of its own whose model has probes.</summary>
    public static DemoHost With(params Probe[] probes) => new(probes);

    /// <summary>A host of its own with little room.</summary>
    public static DemoHost With(EngineOptions engine) => new([], engine);

    public ModelHost Host { get; }

    public ServedModel Model => Host.Models[0];

    public Answerer Answerer => new(Host);

    public PreparedImage Scene(int index) =>
        Host.Prepare(Model, File.ReadAllBytes(Path.Combine(Root, "scenes", "images", $"{index:0000}.png")));

    /// <summary>A question about an image, greedy unless said otherwise.</summary>
    public AnswerRequest Ask(PreparedImage image, string question = "Describe the image.", SamplingOverrides? sampling = null)
    {
        var prompt = Model.Encode([Message.UserWithImage(question)], [image.Rows]);
        return new AnswerRequest(Model, prompt, [image], new AnswerOptions
        {
            Sampling = Model.Resolve(sampling ?? new SamplingOverrides { MaxTokens = 64 }, seed: 1),
        });
    }

    public void Dispose()
    {
        Host.Dispose();
        _backend.Dispose();
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "weights", "demo");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"no 'weights/demo' above {AppContext.BaseDirectory}");
    }
}

/// <summary>Tests that share one <see cref="DemoHost"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedDemo : ICollectionFixture<DemoHost>
{
    public const string Name = "the bundled model";
}
