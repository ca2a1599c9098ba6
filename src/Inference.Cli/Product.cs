using System.Reflection;

namespace Inference.Cli;

/// <summary>What this program is.</summary>
internal static class Product
{
    /// <summary>The version of the build.</summary>
    public static string Version { get; } = typeof(Product).Assembly.GetName().Version!.ToString(fieldCount: 3);
}
