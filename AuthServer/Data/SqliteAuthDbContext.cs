using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

public sealed class SqliteAuthDbContext(DbContextOptions<SqliteAuthDbContext> options) : AuthDbContext(options);
