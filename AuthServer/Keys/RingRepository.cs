using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AuthServer.Keys;

/// <summary>The data-protection ring in owner-only files, which the framework's own repository does not make.</summary>
internal sealed class RingRepository(KeyDirectory directory) : IXmlRepository
{
    private const string Extension = ".xml";

    public IReadOnlyCollection<XElement> GetAllElements() => Directory.Exists(directory.Ring)
        ? [.. Directory.EnumerateFiles(directory.Ring, "*" + Extension).Order(StringComparer.Ordinal).Select(path => XElement.Load(path))]
        : [];

    public void StoreElement(XElement element, string friendlyName)
    {
        OwnerOnlyFiles.CreateDirectory(directory.Ring);
        var name = friendlyName is { Length: > 0 } && friendlyName.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') ? friendlyName : Guid.NewGuid().ToString();
        OwnerOnlyFiles.Write(Path.Combine(directory.Ring, name + Extension), Encoding.UTF8.GetBytes(element.ToString()));
    }
}
