using Inference.Models.Gguf;
using Inference.Models.Imaging;
using Inference.Models.Regions;

namespace Inference.Models.Prompts.Profiles;

/// <summary>The built-in profiles, and what a model folder makes of them.</summary>
public static class ModelProfiles
{
    /// <summary>
    /// LLaVA-1.5 and LLaVA-NeXT: the region questions of LLaVA-1.5's training mixture (Liu et al., "Improved baselines with visual
    /// instruction tuning", 2023), boxes as <c>[x1, y1, x2, y2]</c> from 0 to 1 with two decimals.
    /// </summary>
    /// <remarks>
    /// In training the coordinates were those of the image padded to a square. The processor files in circulation crop the centre instead;
    /// boxes go by what the model folder's own image processor shows the model (<see cref="BoxMapping"/> of its plan): padded, cropped or
    /// squeezed.
    /// </remarks>
    public static ModelProfile Llava { get; } = new()
    {
        Describe = "Please provide a short description for this region: {box}.",
        DescribeInDetail = "Please provide a detailed description for this region: {box}.",
        Locate = "Please provide the bounding box coordinate of the region this sentence describes: {phrase}.",
        Exists = "Is there {phrase} in the image?",
        Verify = "{claim} Is this true of the image? Please answer yes or no.",
        Yes = ["yes", "Yes"],
        No = ["no", "No"],
        Caption = "Please describe this image in detail.",
        Box = new BoxFormat("[{x1}, {y1}, {x2}, {y2}]", CoordinateSpace.Unit, decimals: 2, max: 1),
    };

    /// <summary>
    /// The profile of a model folder: the built-in one of its family, then the keys of its glassbox.json, which lies beside a GGUF file.
    /// </summary>
    /// <exception cref="PromptException">The file cannot be used.</exception>
    public static ModelProfile Load(string folder)
    {
        FileInfo file = new(
            Path.Combine(GgufFile.IsNamed(folder) ? Path.GetDirectoryName(Path.GetFullPath(folder))! : folder, ModelProfile.FileName));
        if (!file.Exists) return Llava;
        if (file.Length > ModelProfileReader.MaxBytes)
        {
            throw new PromptException(
                PromptError.InvalidProfile, ModelProfile.FileName, $"{file.Length} bytes", $"at most {ModelProfileReader.MaxBytes} bytes");
        }
        return ModelProfileReader.Read(File.ReadAllBytes(file.FullName), Llava);
    }
}
