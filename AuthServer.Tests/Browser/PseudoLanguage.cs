using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Resources;
using System.Runtime.Loader;
using AuthServer.Tests.Languages;

namespace AuthServer.Tests.Browser;

/// <summary>Two languages that nobody speaks: each text that is looked up comes back between ⟦ and ⟧, so that what was not looked up is seen. They come as any other
/// language does, as satellite assemblies; one of them runs from right to left.</summary>
internal static class PseudoLanguage
{
    public const string Tag = "qaa";
    public const string RightToLeft = "ar";

    static PseudoLanguage() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name is { Name: "AuthServer.resources", CultureName: Tag or RightToLeft } ? context.LoadFromStream(new MemoryStream(Satellite(name))) : null;

    public static string[] Tags => [Tag, RightToLeft];

    public static string Said(string english) => $"⟦{english}⟧";

    private static byte[] Satellite(AssemblyName name)
    {
        using var texts = new MemoryStream();
        using (var writer = new ResourceWriter(texts))
        {
            foreach (var (key, _) in SpokenTexts.Entries("Texts.de.resx"))
            {
                writer.AddResource(key, Said(key));
            }

            writer.Generate();
            return Wrap(name, texts.ToArray());
        }
    }

    private static byte[] Wrap(AssemblyName name, byte[] resources)
    {
        var (metadata, data) = (new MetadataBuilder(), new BlobBuilder());
        metadata.AddModule(0, metadata.GetOrAddString("AuthServer.resources.dll"), metadata.GetOrAddGuid(Guid.NewGuid()), default, default);
        metadata.AddAssembly(
            metadata.GetOrAddString(name.Name!), name.Version ?? new Version(1, 0, 0, 0), metadata.GetOrAddString(name.CultureName!), default, 0, AssemblyHashAlgorithm.None);
        metadata.AddTypeDefinition(
            default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), MetadataTokens.MethodDefinitionHandle(1));
        metadata.AddManifestResource(ManifestResourceAttributes.Public, metadata.GetOrAddString($"AuthServer.Languages.Texts.{name.CultureName}.resources"), default, 0);
        data.WriteInt32(resources.Length);
        data.WriteBytes(resources);

        var image = new BlobBuilder();
        new ManagedPEBuilder(PEHeaderBuilder.CreateLibraryHeader(), new MetadataRootBuilder(metadata), new BlobBuilder(), managedResources: data).Serialize(image);
        return image.ToArray();
    }
}
