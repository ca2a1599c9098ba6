using Inference.Decoding.Sampling;

namespace Inference.Cli.Benchmarks.Load;

/// <summary>A request of the load.</summary>
/// <param name="Arrival">When it is sent, from the start of the run; zero in a closed loop.</param>
/// <param name="Image">Shown in front of the prompt, or null.</param>
/// <param name="Prompt">The question.</param>
internal sealed record LoadRequest(TimeSpan Arrival, byte[]? Image, string Prompt)
{
    /// <summary>The requests of a run: the same for the same settings.</summary>
    /// <param name="settings">How many, and when.</param>
    /// <param name="images">Shown in turn; none where it is empty.</param>
    /// <param name="prompts">Asked in turn.</param>
    public static LoadRequest[] Plan(LoadSettings settings, IReadOnlyList<byte[]> images, IReadOnlyList<string> prompts)
    {
        var requests = new LoadRequest[settings.Requests];
        var (arrival, shown) = (0.0, 0);
        for (var i = 0; i < requests.Length; i++)
        {
            var shows = images.Count > 0 && Philox4x32.Uniform(settings.Seed, (uint)i, 0) < settings.ImageShare;
            requests[i] = new LoadRequest(
                TimeSpan.FromSeconds(arrival), shows ? images[shown++ % images.Count] : null, prompts[i % prompts.Count]);
            arrival += settings.Rate is { } rate ? -Math.Log(1 - Philox4x32.Uniform(settings.Seed, (uint)i, 1)) / rate : 0;
        }

        return requests;
    }
}
