using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Forms;

/// <summary>A page one of whose forms brings a file. Its body may be larger than others'; what the file may be is for whoever takes it to say, in words at the field.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class TakesFileAttribute : Attribute
{
    private const int LargestBody = 1024 * 1024;

    /// <summary>What stands beside the file comes with it: texts in many languages.</summary>
    private const int MostValues = 256;

    /// <summary>Whether this page takes such a form. Its limits are set before the form is read, which the anti-forgery check does.</summary>
    public static bool Allows(AuthorizationFilterContext context)
    {
        var http = context.HttpContext;
        if ((context.ActionDescriptor as CompiledPageActionDescriptor)?.HandlerTypeInfo.GetCustomAttribute<TakesFileAttribute>() is null
            || http.Request.ContentType?.StartsWith("multipart/form-data;", StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = LargestBody;
        http.Features.Set<IFormFeature>(new FormFeature(http.Request, new FormOptions { MultipartBodyLengthLimit = LargestBody, BufferBodyLengthLimit = LargestBody, ValueCountLimit = MostValues }));
        return true;
    }
}
