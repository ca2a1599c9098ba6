using System.Globalization;

namespace Inference.Models.Regions;

/// <summary>Writes and reads the numbers of boxes.</summary>
internal static class CoordinateText
{
    /// <summary>A number with that many decimals, rounded half to even on its exact value, as Python's <c>f"{value:.2f}"</c>.</summary>
    public static string Write(double value, int decimals)
    {
        // Half-way cases are the odd multiples of 1/2^(decimals+1): only those are exact in binary. .NET rounds them away from zero.
        double halves = Math.ScaleB(value, decimals + 1);
        if (halves == Math.Floor(halves) && halves % 2 != 0)
        {
            double power = Math.Pow(10, decimals);
            value = Math.Round(value * power, MidpointRounding.ToEven) / power;
        }
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Reads <c>12</c>, <c>0.5</c>, <c>.5</c> or <c>1.</c>; no sign, no exponent, at most <paramref name="maxDigits"/> digits.
    /// </summary>
    public static bool Read(string text, ref int at, int maxDigits, out double value)
    {
        int start = at, digits = 0, points = 0;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || (text[at] == '.' && points == 0)) && digits <= maxDigits)
        {
            if (text[at++] == '.') points++;
            else digits++;
        }
        value = 0;
        return digits > 0 && digits <= maxDigits
            && double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }
}
