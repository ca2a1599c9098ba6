using System.Text;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>Deterministic damage to a file: flipped bytes, cuts, repeats, and numbers and names that parsers trip over.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[][] Tokens =
        [.. new[]
        {
            "0", "-1", "1e308", "9223372036854775807", "9223372036854775808", "18446744073709551615", "4294967296", "null", "true", "[]",
            "{}", "\"\"", "[[[[[[[[[[", "\"\\ud800\"", "\"F32\"", "\"BF16\"", "\"dtype\":", "\"shape\":", "\"data_offsets\":", ",", ":",
            "{", "}", "[", "]", "\"", "\\", "../", "NaN",
        }.Select(Encoding.UTF8.GetBytes)];

    private readonly Random _random = new(seed);

    public byte[] Mutate(byte[] original)
    {
        var bytes = original.ToList();
        for (var times = _random.Next(1, 4); times > 0; times--)
            Damage(bytes);
        return [.. bytes];
    }

    private void Damage(List<byte> bytes)
    {
        var at = _random.Next(bytes.Count + 1);
        var length = Math.Min(_random.Next(1, 24), bytes.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 4:
                bytes.InsertRange(at, Tokens[_random.Next(Tokens.Length)]);
                break;
            case 5:
                ReplaceNumber(bytes, at);
                break;
            default:
                if (_random.Next(8) == 0)
                    bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }

    /// <summary>Another number in the place of the next one: keeps the JSON whole, so that the checks behind it are reached.</summary>
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        while (at < bytes.Count && !char.IsAsciiDigit((char)bytes[at]))
            at++;
        var end = at;
        while (end < bytes.Count && char.IsAsciiDigit((char)bytes[end]))
            end++;
        bytes.RemoveRange(at, end - at);
        bytes.InsertRange(
            at, Encoding.ASCII.GetBytes(_random.Next(3) == 0 ? _random.NextInt64().ToString() : _random.Next(0, 20).ToString()));
    }
}
