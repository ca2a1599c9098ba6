using Glassbox.V1;
using Google.Protobuf;

namespace Inference.Server.Tests.Support;

/// <summary>Requests as clients write them.</summary>
internal static class Ask
{
    public static ImageSource Image(byte[] bytes) => new() { Data = ByteString.CopyFrom(bytes) };

    public static ImageSource Image(string sha256) => new() { Sha256 = sha256 };

    public static Message User(string text, params ImageSource[] images)
    {
        var message = new Message { Role = Role.User };
        message.Parts.AddRange(images.Select(image => new Part { Image = image }));
        message.Parts.Add(new Part { Text = text });
        return message;
    }

    /// <summary>A question about the first scene.</summary>
    public static GenerateRequest Generate(string text = "Describe the image.", uint maxTokens = 64, byte[]? image = null) => new()
    {
        Messages = { User(text, Image(image ?? Demo.FirstScene)) },
        Parameters = new GenerationParameters { Stop = new StopConditions { MaxTokens = maxTokens } },
    };

    /// <summary>A request that runs for hundreds of tokens: the repetition penalty keeps the end token away for long.</summary>
    public static GenerateRequest Long(uint maxTokens = 900, ulong seed = 1) => new()
    {
        Messages = { User("Describe the image.") },
        Parameters = new GenerationParameters
        {
            Sampling = new SamplingParameters { Temperature = 100, Seed = seed },
            Stop = new StopConditions { MaxTokens = maxTokens },
        },
    };

    public static Region Region(
        string id, double x1, double y1, double x2, double y2, CoordinateSpace space = CoordinateSpace.Normalized) =>
        new() { Id = id, Box = new Box { X1 = x1, Y1 = y1, X2 = x2, Y2 = y2, Space = space } };
}
