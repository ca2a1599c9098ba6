using Inference.Testing;

namespace Inference.Cli.Tests;

/// <summary>Files of the repository that the tests ask about.</summary>
internal static class Samples
{
    /// <summary>The bundled model.</summary>
    public static string Model { get; } = Path.Combine(Root, "weights", "demo", "model");

    /// <summary>A scene with a small green ring, a small purple striped cross and a small black cross.</summary>
    public static string Scene { get; } = Path.Combine(Root, "weights", "demo", "scenes", "images", "0003.png");

    private static string Root => Path.GetFullPath(Path.Combine(Goldens.Root, "..", ".."));
}
