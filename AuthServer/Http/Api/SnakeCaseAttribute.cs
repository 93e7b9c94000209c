using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AuthServer.Http.Api;

/// <summary>The members of a type are written in snake_case. As in every request they are read in camelCase too.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SnakeCaseAttribute : Attribute
{
    /// <summary>A modifier of contracts. Members that have a name of their own keep it.</summary>
    internal static void Rename(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || !type.Type.IsDefined(typeof(SnakeCaseAttribute), false))
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => property.AttributeProvider?.IsDefined(typeof(JsonPropertyNameAttribute), false) != true))
        {
            property.Name = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
        }
    }
}
