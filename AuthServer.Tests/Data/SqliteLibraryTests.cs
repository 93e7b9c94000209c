using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace AuthServer.Tests.Data;

public sealed class SqliteLibraryTests
{
    [Fact]
    public void The_systems_library_is_used_where_there_is_one()
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        var (used, expected) = (Text("SELECT sqlite_version() || ' ' || sqlite_source_id()"), "");
        if (NativeLibrary.TryLoad("libsqlite3.so.0", out var library))
        {
            expected = $"{Call("sqlite3_libversion")} {Call("sqlite3_sourceid")}";
            Assert.Equal(expected, used);
        }
        else
        {
            // The bundled one, of which our statements need RETURNING.
            Assert.True(Version.Parse(used.Split(' ')[0]) >= new Version(3, 35), used);
        }

        string Text(string sql)
        {
            using var command = new SqliteCommand(sql, connection);
            return (string)command.ExecuteScalar()!;
        }

        string Call(string function) =>
            Marshal.PtrToStringUTF8(Marshal.GetDelegateForFunctionPointer<ReturnsText>(NativeLibrary.GetExport(library, function))())!;
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate IntPtr ReturnsText();
}
