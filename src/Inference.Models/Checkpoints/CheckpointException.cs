using System.Text;

namespace Inference.Models.Checkpoints;

/// <summary>
/// A model folder cannot be used: the message names the file, the tensor or configuration key where there is one, what was found and what
/// is allowed. It is written for whoever runs the server, not for its clients.
/// </summary>
public sealed class CheckpointException : Exception
{
    private const int LongestName = 160;

    /// <param name="file">File or folder, as the user would recognise it.</param>
    /// <param name="subject">Tensor name or configuration key; null when the whole file is meant.</param>
    /// <param name="reason">What was found and what is allowed.</param>
    /// <param name="inner">The failure underneath, if any.</param>
    public CheckpointException(string file, string? subject, string reason, Exception? inner = null)
        : base(subject is null ? $"{file}: {reason}" : $"{file}: '{Printable(subject)}': {reason}", inner)
    {
        File = file;
        Subject = subject;
        Reason = reason;
    }

    /// <summary>File or folder the problem is in.</summary>
    public string File { get; }

    /// <summary>Tensor name or configuration key; null when the whole file is meant.</summary>
    public string? Subject { get; }

    /// <summary>What was found and what is allowed, without file and subject.</summary>
    public string Reason { get; }

    /// <summary>Names come from untrusted files: control characters and endless names never reach a terminal.</summary>
    internal static string Printable(string name)
    {
        var text = new StringBuilder(Math.Min(name.Length, LongestName + 1));
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, LongestName)))
            text.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        return name.Length > LongestName ? text.Append('…').ToString() : text.ToString();
    }
}
