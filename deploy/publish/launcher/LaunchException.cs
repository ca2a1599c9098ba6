namespace Glassbox.Launcher;

/// <summary>Why no image was started.</summary>
internal sealed class LaunchException(string message) : Exception(message);
