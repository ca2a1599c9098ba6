using System.CommandLine;
using Inference.Cli.Assistants;
using Inference.Cli.Output;

namespace Inference.Cli.Options;

/// <summary>Who answers: a model in this process.</summary>
internal sealed class AssistantOptions
{
    private readonly ModelOptions _model;

    private AssistantOptions(ModelOptions model) => _model = model;

    /// <summary>Adds the options to a command.</summary>
    public static AssistantOptions AddTo(Command command) => new(ModelOptions.AddTo(command));

    /// <summary>Loads the model.</summary>
    public async Task<IAssistant> StartAsync(ParseResult parsed, Terminal terminal) =>
        await LocalAssistant.StartAsync(terminal, _model.Read(parsed)).ConfigureAwait(false);
}
