using System.Text;
using QRCoder;

namespace AuthServer.Pages.Strong;

/// <summary>A QR code as the path of an SVG: one unit per module, with the quiet zone around it that readers need.</summary>
/// <param name="Side">Width and height.</param>
public sealed record QrPicture(int Side, string Path)
{
    public static QrPicture Of(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        var rows = code.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                var start = x;
                while (x < rows[y].Length && rows[y][x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append('M').Append(start).Append(' ').Append(y).Append('h').Append(x - start).Append("v1h-").Append(x - start).Append('z');
                }
            }
        }

        return new QrPicture(rows.Count, path.ToString());
    }
}
