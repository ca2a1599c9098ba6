using System.CommandLine;
using System.CommandLine.Parsing;
using Inference.Cli.Assistants;
using Inference.Cli.Output;

namespace Inference.Cli.Options;

/// <summary>Who answers: a model in this process, or with <c>--server HOST:PORT</c> a server.</summary>
internal sealed class AssistantOptions
{
    private readonly ModelOptions _model;
    private readonly Option<Uri?> _server = new("--server")
    {
        HelpName = "HOST:PORT",
        Description = "Ask a running server instead; --model then names one of its models.",
        CustomParser = Parse,
    };

    private AssistantOptions(ModelOptions model) => _model = model;

    /// <summary>Adds the options to a command.</summary>
    public static AssistantOptions AddTo(Command command)
    {
        var options = new AssistantOptions(ModelOptions.AddTo(command));
        command.Options.Add(options._server);
        return options;
    }

    /// <summary>Connects, or loads the model.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="terminal">Shows the progress.</param>
    /// <param name="listener">Folder of a second model to load in this process, or null.</param>
    /// <param name="probes">Files of probes to load in this process, or null.</param>
    public async Task<IAssistant> StartAsync(
        ParseResult parsed, Terminal terminal, string? listener = null, IReadOnlyList<string>? probes = null) =>
        parsed.GetValue(_server) is { } server
            ? new RemoteAssistant(server, _model.Named(parsed) ?? "")
            : await LocalAssistant.StartAsync(terminal, _model.Read(parsed), listener, probes);

    /// <summary>Whether a server is asked, to which models are names and not folders.</summary>
    public bool IsRemote(ParseResult parsed) => parsed.GetValue(_server) is not null;

    /// <summary>The server that is asked, or null.</summary>
    public Uri? Server(ParseResult parsed) => parsed.GetValue(_server);

    /// <summary>What <c>--model</c> names, or null.</summary>
    public string? Named(ParseResult parsed) => _model.Named(parsed);

    /// <summary>The model of this process.</summary>
    /// <exception cref="CommandException">No model is named and none is bundled.</exception>
    public ModelSettings Model(ParseResult parsed) => _model.Read(parsed);

    // http:// where no scheme is given; https:// asks for TLS.
    private static Uri? Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        var address = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri is { Scheme: "http" or "https", Host.Length: > 0, AbsolutePath: "/" })
        {
            return uri;
        }

        result.AddError($"--server: found '{text}'; allowed: HOST:PORT, http://HOST:PORT or https://HOST:PORT");
        return null;
    }
}
