using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

public sealed class PostgreSqlAuthDbContext(DbContextOptions<PostgreSqlAuthDbContext> options) : AuthDbContext(options);
