using System.Text.Json;

namespace Inference.Grounding.Evaluation;

/// <summary>Reads one large JSON document token by token, holding one buffer.</summary>
internal sealed class JsonStream(EvaluationSource source)
{
    /// <summary>The longest token that is read, in bytes.</summary>
    private const int LongestToken = 1 << 20;

    private byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;
    private bool _ended;
    private JsonReaderState _state;

    /// <summary>The kind of the token read last.</summary>
    public JsonTokenType Kind { get; private set; }

    /// <summary>The name or string read last; null for other tokens.</summary>
    public string? Text { get; private set; }

    /// <summary>The number read last; null for other tokens, and for numbers beyond those of a double.</summary>
    public double? Number { get; private set; }

    /// <summary>Steps to the next token.</summary>
    /// <returns>False after the last one.</returns>
    /// <exception cref="EvaluationException">The text is not JSON.</exception>
    public bool Read()
    {
        try
        {
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _ended, _state);
                var found = reader.Read();
                _start += (int)reader.BytesConsumed;
                _state = reader.CurrentState;
                if (found)
                {
                    Kind = reader.TokenType;
                    Text = Kind is JsonTokenType.PropertyName or JsonTokenType.String ? reader.GetString() : null;
                    Number = Kind == JsonTokenType.Number && reader.TryGetDouble(out var number) ? number : null;
                    return true;
                }

                if (_ended)
                {
                    return false;
                }

                Fill();
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new EvaluationException(source.Name, "text that is not JSON, or that ends early", "one JSON object");
        }
    }

    /// <summary>Passes over the value that comes next, however deep it is.</summary>
    public void SkipValue()
    {
        var depth = 0;
        while (Read())
        {
            depth += Kind switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
            if (depth == 0)
            {
                return;
            }
        }
    }

    private void Fill()
    {
        var held = _end - _start;
        _buffer.AsSpan(_start, held).CopyTo(_buffer);
        if (held == _buffer.Length)
        {
            if (held >= LongestToken)
            {
                throw new EvaluationException(source.Name, "a longer name or string", $"up to {LongestToken >> 20} MiB");
            }

            Array.Resize(ref _buffer, held * 2);
        }

        var read = source.Read(_buffer.AsSpan(held));
        (_start, _end, _ended) = (0, held + read, read == 0);
    }
}
