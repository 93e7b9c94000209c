using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Branding;

/// <summary>The stylesheet that gives a page an organization's colour: three properties with fixed names, written from the number and never from a text. It is the same for whoever
/// has this colour, so that nothing is stored for it, and it is in force before it is saved.</summary>
internal static class AccentStylesheet
{
    public const string Folder = "/branding/colours";

    private const string Ending = ".css";

    public static string Address(AccentColour colour) => $"{Folder}/{NameOf(colour, Text(colour))}";

    /// <summary>Null: no stylesheet has this name, or an earlier version of this server wrote it otherwise.</summary>
    public static string? Find(string? file) =>
        file is { Length: > 6 } && AccentColour.Read("#" + file[..6]) is { } colour && Text(colour) is { } text && NameOf(colour, text) == file ? text : null;

    private static string? Text(AccentColour colour) => colour.Buttons is not { } buttons ? null :
        $"{Properties(buttons.Light)}\n@media (prefers-color-scheme: dark) {{ {Properties(buttons.Dark)} }}\n";

    private static string Properties(ButtonColours colours) =>
        $":root {{ --brand: {colours.Button}; --brand-strong: {colours.Hover}; --on-brand: {colours.Text}; }}";

    private static string NameOf(AccentColour colour, string? text) => string.Create(
        CultureInfo.InvariantCulture, $"{colour.Rgb:x6}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text ?? "")).AsSpan(0, 4))}{Ending}");
}
