using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace AuthServer.Data;

/// <summary>Which SQLite serves. The referenced SQLitePCLRaw is older than the one that Microsoft.Data.Sqlite was built against, and
/// carries an old SQLite; the system's, which gets security updates, is preferred.</summary>
internal static class SqliteLibrary
{
    private const string System = "libsqlite3.so.0";
    private const string Bundled = "e_sqlite3";
    private const string Core = "SQLitePCLRaw.core";
    private const string Provider = "SQLitePCLRaw.provider.e_sqlite3";

    [ModuleInitializer]
    internal static void Load()
    {
        // A reference to a later version is not satisfied by an earlier one, unless somebody says so.
        AssemblyLoadContext.Default.Resolving += static (context, wanted) =>
            wanted.Name == Core && File.Exists(PathOf(Core)) ? context.LoadFromAssemblyPath(PathOf(Core)) : null;

        if (NativeLibrary.TryLoad(System, out var library))
        {
            NativeLibrary.SetDllImportResolver(Assembly.Load(Provider), (name, _, _) => name == Bundled ? library : IntPtr.Zero);
        }
    }

    private static string PathOf(string assembly)
    {
        var own = Path.GetDirectoryName(typeof(SqliteLibrary).Assembly.Location);
        return Path.Combine(string.IsNullOrEmpty(own) ? AppContext.BaseDirectory : own, assembly + ".dll");
    }
}
