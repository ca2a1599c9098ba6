namespace Inference.Grounding.Evaluation;

/// <summary>A stream of an evaluation file and the name that error messages give it. The caller closes the stream.</summary>
public sealed class EvaluationSource(string name, Stream content)
{
    /// <summary>What people call the file.</summary>
    public string Name { get; } = name;

    /// <summary>Reads what is there; 0 at the end.</summary>
    /// <exception cref="EvaluationException">The stream is compressed and damaged.</exception>
    internal int Read(Span<byte> destination)
    {
        try
        {
            return content.Read(destination);
        }
        catch (InvalidDataException)
        {
            throw new EvaluationException(Name, "damaged compressed data", "a whole gzip file or plain JSON");
        }
    }
}
