using Inference.Cli.Hosting;
using Inference.Cli.Options;
using Inference.Cli.Output;
using Inference.Cli.Pictures;
using Inference.Compute.Cpu;
using Inference.Decoding.Probes;
using Inference.Decoding.Sampling;
using Inference.Engine;
using Inference.Grounding;
using Inference.Grounding.Answers;
using Inference.Grounding.Calibration;
using Inference.Grounding.CycleConsistency;
using Inference.Grounding.Verification;
using Inference.Models.Imaging;
using Inference.Models.Prompts;
using Inference.Models.Prompts.Profiles;
using Inference.Models.Regions;

namespace Inference.Cli.Assistants;

/// <summary>A model in this process.</summary>
internal sealed class LocalAssistant : IAssistant
{
    /// <summary>Name of the second model; no folder's own name can be it.</summary>
    public const string ListenerName = "listener/";

    private const int DefaultContext = 4096;
    private const int MaxSequences = 64;

    private readonly CpuBackend _backend;
    private readonly ModelHost _host;
    private readonly ServedModel _model;
    private readonly LocalOptions _options;
    private readonly bool _applyExifOrientation;

    private LocalAssistant(CpuBackend backend, ModelHost host, bool applyExifOrientation, IReadOnlyDictionary<string, Probe> probes)
    {
        (_backend, _host, _model, _applyExifOrientation) = (backend, host, host.Models[0], applyExifOrientation);
        _options = new LocalOptions(_model, probes);
    }

    /// <summary>Name of the model.</summary>
    public string Name => _model.Name;

    /// <summary>How the model wants to be asked.</summary>
    public ModelProfile Profile => _model.Profile;

    /// <summary>Loads the model and starts its engine.</summary>
    /// <param name="terminal">Shows the progress.</param>
    /// <param name="settings">The model that answers.</param>
    /// <param name="listener">Folder of a second model, which candidates are located by under <see cref="ListenerName"/>; or null.</param>
    /// <param name="probes">Probe files of the model that answers; null for none.</param>
    public static async Task<LocalAssistant> StartAsync(
        Terminal terminal, ModelSettings settings, string? listener = null, IReadOnlyList<string>? probes = null)
    {
        var backend = new CpuBackend(new CpuOptions { Threads = settings.Threads });
        var models = new List<ServedModel>();
        try
        {
            var context = settings.Context ?? DefaultContext;
            NamedModel[] folders = listener is null ? [settings.Model] : [settings.Model, new NamedModel(ListenerName, listener)];
            foreach (var model in folders)
            {
                models.Add(await Loading.RunAsync(
                    terminal, $"loading {model.Name}",
                    progress => model.Load(backend, context, progress, settings.Weights, settings.Packs)));
            }

            var loaded = LocalProbes.Load(models[0], settings.Model.Folder, probes ?? []);
            var options = new ModelHostOptions
            {
                Engine = new EngineOptions { ContextLength = context, MaxSequences = MaxSequences, MaxQueue = int.MaxValue },
                ApplyExifOrientation = settings.ApplyExifOrientation,
            };
            return new LocalAssistant(backend, new ModelHost(backend, models, options), settings.ApplyExifOrientation, loaded);
        }
        catch
        {
            models.ForEach(model => model.Dispose());
            backend.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<Answer> GenerateAsync(
        Question question, SamplingOverrides sampling, Action<string> onText, CancellationToken cancellationToken)
    {
        var images = new List<PreparedImage>();
        try
        {
            foreach (var image in question.Images)
            {
                images.Add(_host.Prepare(_model, image, reduction: question.Pruning?.Reduction));
            }

            Part[] parts = [.. images.Select(_ => new ImagePart()), new TextPart(question.Prompt)];
            List<Message> messages = [new Message(ChatRole.User, parts)];
            if (question.System is { } system)
            {
                messages.Insert(0, new Message(ChatRole.System, [new TextPart(system)]));
            }

            var prompt = _model.Encode(messages, [.. images.Select(image => image.Rows)]);
            var (answer, _) = await AskAsync(
                prompt, images, _options.For(sampling, question, question.Images.Count), onText, cancellationToken);
            return question.ShowKept ? answer with { Panels = Panels([.. question.Images.Zip(images)], answer, region: null) } : answer;
        }
        finally
        {
            images.ForEach(image => image.Dispose());
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Answer>> DescribeAsync(
        RegionQuestion question, SamplingOverrides sampling, IRegionObserver? observer, CancellationToken cancellationToken)
    {
        using var image = _host.Prepare(_model, question.Image, reduction: question.Pruning?.Reduction);
        var options = _options.For(sampling, question, images: 1);
        (Box Box, EncodedPrompt Prompt)[] regions = [.. question.Regions.Select((region, i) =>
        {
            var field = question.Regions.Count == 1 ? "--region" : $"--region {i + 1}";
            var box = RegionValidator.ToPixels(region, question.Space, image.Width, image.Height, field);
            return (box, _model.EncodeRegion(image.View, image.Rows, box, question.InDetail, field));
        })];
        if (question.Candidates is { } wanted)
        {
            using var candidates = new LocalCandidates(_host, _model, image, question, options, wanted);
            return await candidates.DescribeAsync(regions, observer, cancellationToken);
        }

        return await Task.WhenAll(regions.Select(async (region, i) =>
        {
            var (answer, _) = await AskAsync(region.Prompt, [image], options, text => observer?.Append(i, text), cancellationToken);
            observer?.End(i);
            return question.ShowKept ? answer with { Panels = Panels([(question.Image, image)], answer, region.Box) } : answer;
        }));
    }

    /// <inheritdoc/>
    public async Task<Location> LocateAsync(PhraseQuestion question, SamplingOverrides sampling, CancellationToken cancellationToken)
    {
        using var image = _host.Prepare(_model, question.Image, reduction: question.Pruning?.Reduction);
        var prompt = _model.EncodePhrase(question.Phrase, image.Rows);
        var options = _options.For(sampling, question.Pruning, asked: null);
        var (answer, tokens) = await AskAsync(prompt, [image], options, _ => { }, cancellationToken);
        var boxes = BoxReader.Read(_model, image, tokens);
        return new Location([.. boxes.Select(box => LocalAnswers.ToSpace(box, question.Space, image))], answer);
    }

    /// <inheritdoc/>
    public async Task<Verification> VerifyAsync(ClaimsQuestion question, CancellationToken cancellationToken)
    {
        using var image = _host.Prepare(_model, question.Image);
        var profile = _model.Profile;
        Claim[] claims =
        [
            .. question.Claims.Select(claim => claim.Form switch
            {
                ClaimForm.Phrase => Claim.Exists(profile, claim.Text),
                ClaimForm.Statement => Claim.Statement(profile, claim.Text),
                _ => Claim.Asked(claim.Text),
            }),
            .. ClaimExtractor.Extract(profile, question.Text),
        ];
        var verifier = new ClaimVerifier(_host, _model, new VerificationOptions { Threshold = question.Threshold });
        var verdicts = await verifier.VerifyAsync([image], claims, cancellationToken);
        return new Verification(verdicts.Verdicts, LocalAnswers.Usage(verdicts.Usage), LocalAnswers.Timings(verdicts.Timings));
    }

    /// <summary>Lets what comes next find nothing in the KV cache.</summary>
    public void ForgetPrefixes() => _host.Engine.ForgetPrefixes();

    /// <summary>Finds the stages at which this model's image rows can be dropped.</summary>
    public Task<PruningFile> CalibratePruningAsync(
        PruningCalibration settings, IReadOnlyList<PruningSample> samples, Terminal terminal, CancellationToken cancellationToken)
    {
        if (_model.Model.Vision is null)
        {
            throw new CommandException($"'{_model.Name}' is a text model: it has no image rows to drop.");
        }

        var progress = new Progress<int>(done => terminal.Note($"{done} of {samples.Count} questions"));
        return new PruningCalibrator(_host, _model, settings).RunAsync(samples, progress, cancellationToken);
    }

    private IReadOnlyList<PatchPanels> Panels(IEnumerable<(byte[] File, PreparedImage Image)> images, Answer answer, Box? region) =>
        PatchPanels.Of(
            _model.Model,
            [.. images.Select(image => (ImageDecoder.Decode(image.File, applyExifOrientation: _applyExifOrientation), image.Image))],
            answer.Usage.Pruning, region);

    // The number of tokens is cut to what the context holds, as a server does it. Log-probabilities are always there for boxes.
    private async Task<(Answer Answer, IReadOnlyList<TokenEvent> Tokens)> AskAsync(
        EncodedPrompt prompt, IReadOnlyList<PreparedImage> images, AnswerOptions options, Action<string> onText,
        CancellationToken cancellationToken)
    {
        var sampling = LocalAnswers.Fit(options.Sampling, prompt, _host, _model) with { Logprobs = true };
        var request = new AnswerRequest(_model, prompt, images, options with { Sampling = sampling });
        using var stream = new Answerer(_host).Start(request, cancellationToken);
        await foreach (var next in stream.ReadAllAsync(CancellationToken.None))
        {
            if (next is AnswerText text)
            {
                onText(text.Text);
            }
        }

        var (result, tokens) = (stream.Result, stream.Result.Tokens);
        var transcript = new Transcript(result.Text, tokens, result.Generation);
        var answer = LocalAnswers.Of(_model, transcript, options.Sampling, sampling.MaxTokens) with
        {
            Claims = options.Verification is null ? null : result.Claims?.Verdicts,
            Guard = result.Guard,
            Probes = LocalProbes.Read(options.Probes, tokens),
        };
        return (answer, tokens);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        _backend.Dispose();
        return ValueTask.CompletedTask;
    }
}
