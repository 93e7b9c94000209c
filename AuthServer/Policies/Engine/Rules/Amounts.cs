using System.Globalization;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Amounts that add up exactly, however many there are.</summary>
internal static class Amounts
{
    public const int Decimals = 9;
    public const long Most = 1_000_000_000_000;

    public static bool Usable(decimal amount) => amount is >= 0 and <= Most && decimal.Round(amount, Decimals) == amount;

    public static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
