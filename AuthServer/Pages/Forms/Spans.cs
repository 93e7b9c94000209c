using System.Globalization;
using AuthServer.Languages;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Forms;

/// <summary>A span of time as a form asks for it: an amount, and beside it its unit. An API counts it in seconds.</summary>
internal static class Spans
{
    private static readonly (string Unit, long Seconds)[] Units = [("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)];

    /// <summary>The field of the unit that belongs to the one of the amount.</summary>
    public static string UnitOf(string path) => path + ".unit";

    public static IEnumerable<PossibleAnswer> All => Units.Reverse().Select(unit => new PossibleAnswer(unit.Unit, Label(unit.Unit)));

    public static string Typed(IFormCollection form, string path) => Join(form[path].ToString().Trim(), form[UnitOf(path)].ToString());

    public static string Join(string amount, string unit) => amount.Length == 0 ? "" : $"{amount} {unit}";

    /// <summary>In the largest unit of which it is a whole number.</summary>
    public static string Of(string seconds)
    {
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) || whole == 0)
        {
            return Join(seconds, "seconds");
        }

        var (unit, length) = Units.First(unit => whole % unit.Seconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{whole / length} {unit}");
    }

    public static (string Amount, string Unit) Parts(string value) => value.LastIndexOf(' ') is var cut and > 0 ? (value[..cut], value[(cut + 1)..]) : (value, "hours");

    /// <summary>What an API says of seconds, in the unit that was chosen: the least is one of it.</summary>
    public static Sentence Said(Sentence sentence, string value) =>
        LengthOf(Parts(value).Unit) is var length and > 0 ? sentence.With(said => said is int seconds ? Math.Max(1, seconds / length) : said) : sentence;

    /// <summary>Null: it is no number, or none of these units.</summary>
    public static decimal? Seconds(string value)
    {
        var (amount, unit) = Parts(value);
        var length = LengthOf(unit);
        return length > 0 && decimal.TryParse(amount, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) < 1_000_000_000_000 ? number * length : null;
    }

    /// <summary>0: it is none of these units.</summary>
    private static long LengthOf(string unit) => Units.FirstOrDefault(known => known.Unit == unit).Seconds;

    private static string Label(string unit) => unit switch
    {
        "days" => Texts.T("Days"),
        "hours" => Texts.T("Hours"),
        "minutes" => Texts.T("Minutes"),
        _ => Texts.T("Seconds"),
    };
}
