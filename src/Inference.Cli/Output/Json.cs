using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Inference.Cli.Output;

/// <summary>Writes the one JSON object of a command.</summary>
internal static class Json
{
    /// <summary>One line of ASCII on standard output.</summary>
    public static void Print(Terminal terminal, Action<Utf8JsonWriter> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            writeMembers(json);
            json.WriteEndObject();
        }

        terminal.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>What a command found, as its one JSON object or as text.</summary>
    public static void Report(Terminal terminal, bool asJson, Action<Utf8JsonWriter> writeMembers, Action printText)
    {
        if (asJson)
        {
            Print(terminal, writeMembers);
        }
        else
        {
            printText();
        }
    }

    /// <summary>An array of numbers as a member.</summary>
    public static void WriteNumbers(this Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    /// <summary>A time as a member, in milliseconds with three decimals.</summary>
    public static void WriteMilliseconds(this Utf8JsonWriter json, string name, TimeSpan time) =>
        json.WriteNumber(name, Math.Round(time.TotalMilliseconds, 3));
}
