using Inference.Grounding;
using Inference.Server.Errors;

namespace Inference.Server.Services;

/// <summary>What a model can be asked for.</summary>
internal static class ModelAbility
{
    public static bool TakesImages(ServedModel model) => model.Model.Processor is not null && model.Chat.TakesImages;

    /// <summary>Notes a model that is asked to check claims and cannot.</summary>
    public static bool Verifies(ServedModel model, string field, Violations violations)
    {
        if (model.YesNo is null)
        {
            violations.Add(
                field, $"'{model.Name}', whose vocabulary has no tokens for yes and no", "a model with this capability (ListModels)");
        }

        return model.YesNo is not null;
    }

    /// <summary>Notes a model that is asked about an image and takes none.</summary>
    public static bool TakesImages(ServedModel model, Violations violations)
    {
        if (!TakesImages(model))
        {
            violations.Add("model", $"'{model.Name}', which takes no images", "a model with this capability (ListModels)");
        }

        return TakesImages(model);
    }
}
