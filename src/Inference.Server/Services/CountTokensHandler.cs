using Glassbox.V1;
using Inference.Server.Calls;
using Inference.Server.Errors;
using Inference.Server.Images;
using Inference.Server.Requests;

namespace Inference.Server.Services;

/// <summary>CountTokens: the prompt without the model.</summary>
internal sealed class CountTokensHandler(ImageWork work)
{
    public CountTokensResponse Run(CountTokensRequest request, Call call)
    {
        var model = call.FindModel(request.Model);
        var violations = new Violations();
        var inspector = new ImageInspector(call.Models, model, work.Store, violations);
        var conversation = new ConversationReader(model, call.Options.Limits, inspector, violations).Read(request.Messages);
        inspector.ThrowIfRefused();

        var prompt = model.Encode(conversation.Messages, [.. conversation.Images.Select(image => image.Rows)]);
        return new CountTokensResponse
        {
            PromptTokens = (uint)prompt.InputIds.Length,
            ImageTokens = (uint)prompt.ImageTokens,
            ContextLength = (uint)call.Models.Engine.ContextLength(model.Name),
        };
    }
}
