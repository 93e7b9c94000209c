using System.Globalization;

namespace AuthServer.Branding;

/// <summary>A colour that an organization chose. Where it would not stand out from the page in the light or in the dark, it is mixed with black or white as far as it must;
/// one that would have to change too much for that is none to choose.</summary>
public readonly record struct AccentColour(int Rgb)
{
    private const int Black = 0x000000;
    private const int White = 0xffffff;

    // --card of site.css, in the light and in the dark.
    private const int LightGround = 0xffffff;
    private const int DarkGround = 0x191923;

    // WCAG 2.2 §1.4.3 for the text of a button, §1.4.11 for the button itself.
    private const double ReadableText = 4.5;
    private const double SeenPart = 3;

    // In hundredths. Beyond this nobody would know the colour again.
    private const int FarthestMix = 40;
    private const int HoverMix = 12;

    public override string ToString() => Written(Rgb);

    /// <summary>Null where it does not stand out from a light page.</summary>
    public ButtonColours? Light => OnGround(LightGround, Black);

    /// <summary>Null where it does not stand out from a dark page.</summary>
    public ButtonColours? Dark => OnGround(DarkGround, White);

    public ButtonSet? Buttons => Light is { } light && Dark is { } dark ? new ButtonSet(light, dark) : null;

    /// <summary>The colour of this kind that is nearest to it and would do; itself where it does.</summary>
    public AccentColour Nearest
    {
        get
        {
            var colour = this;
            for (var mix = 1; colour.Buttons is null && mix <= 100; mix++)
            {
                colour = new AccentColour(Mixed(Rgb, Light is null ? Black : White, mix));
            }

            return colour;
        }
    }

    /// <summary>Null: it is no colour as <c>#rrggbb</c>.</summary>
    public static AccentColour? Read(string? text) =>
        text is ['#', ..] && text.Length == 7 && text.AsSpan(1).IndexOfAnyExcept(Hexadecimal) < 0
            ? new AccentColour(int.Parse(text.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            : null;

    /// <summary>From 1 (the same) to 21 (black on white).</summary>
    public double ContrastWith(AccentColour other)
    {
        var (a, b) = (Luminance(Rgb), Luminance(other.Rgb));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static System.Buffers.SearchValues<char> Hexadecimal { get; } = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    private ButtonColours? OnGround(int ground, int towards)
    {
        for (var mix = 0; mix <= FarthestMix; mix++)
        {
            var button = new AccentColour(Mixed(Rgb, towards, mix));
            if (button.ContrastWith(new(ground)) >= SeenPart)
            {
                // One of the two can always be read: what is too light for white leaves black at least 4.6. The colour under the pointer goes away from the text's.
                var text = button.ContrastWith(new(White)) >= ReadableText ? White : Black;
                return new ButtonColours(Written(button.Rgb), Written(Mixed(button.Rgb, White - text, HoverMix)), Written(text));
            }
        }

        return null;
    }

    private static int Mixed(int colour, int with, int hundredths)
    {
        int Part(int shift) => ((((colour >> shift) & 0xff) * (100 - hundredths)) + (((with >> shift) & 0xff) * hundredths) + 50) / 100;
        return (Part(16) << 16) | (Part(8) << 8) | Part(0);
    }

    /// <summary>WCAG 2.2, relative luminance.</summary>
    private static double Luminance(int colour)
    {
        double Linear(int shift)
        {
            var part = ((colour >> shift) & 0xff) / 255.0;
            return part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4);
        }

        return (0.2126 * Linear(16)) + (0.7152 * Linear(8)) + (0.0722 * Linear(0));
    }

    private static string Written(int colour) => string.Create(CultureInfo.InvariantCulture, $"#{colour:x6}");
}

/// <param name="Button">Its ground.</param>
/// <param name="Hover">The same under the pointer.</param>
/// <param name="Text">Black or white, whichever can be read on both.</param>
public sealed record ButtonColours(string Button, string Hover, string Text);
