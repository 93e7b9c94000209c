using System.Reflection;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Forms;

/// <summary>A page that says of what is typed there that it is kept nowhere: not even in a form that came when its session was over.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KeepsNothingAttribute : Attribute
{
    public static bool IsOn(FilterContext context) => (context.ActionDescriptor as CompiledPageActionDescriptor)?.HandlerTypeInfo.GetCustomAttribute<KeepsNothingAttribute>() is not null;
}
