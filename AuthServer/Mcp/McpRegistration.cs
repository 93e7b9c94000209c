using AuthServer.Http;
using AuthServer.Mcp.Tools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.AspNetCore;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AuthServer.Mcp;

public static class McpRegistration
{
    private const string Instructions =
        "AuthServer gives agents an identity and access tokens, and lets them pass part of their rights on. Call discover to see what it offers. Call quickstart once for a new "
        + "agent and save its API key; later call authenticate with that key. Pass the access_token to the other tools, call refresh_token before it expires, and revoke_token when done.";

    // The library behind the gate writes whole messages at its lower levels, and messages hold keys and tokens.
    private const string Library = "ModelContextProtocol";

    private const string ConnectionId = "connectionId";

    private static readonly string[] Other = [HttpMethods.Get, HttpMethods.Delete];

    public static IServiceCollection AddMcp(this IServiceCollection services)
    {
        services.AddTools();
        services.AddSingleton<McpTools>().AddSingleton<ConnectionServer>().AddSingleton<McpDoors>().AddSingleton<McpSessions>().AddSingleton<McpChallenge>().AddSingleton<McpAdmission>().AddSingleton<McpGate>();
        services.AddSingleton<AgentTokenDoor>().AddSingleton<ResourceMetadata>();
        services.PostConfigure<LoggerFilterOptions>(Quieten);
        services.AddMcpServer(options =>
        {
            options.ServerInfo = new Implementation { Name = "authserver", Title = "AuthServer", Version = VersionOf(typeof(McpRegistration)) };
            options.ServerInstructions = Instructions;
            options.Capabilities = new ServerCapabilities { Tools = new ToolsCapability() };
        }).WithHttpTransport(transport =>
        {
            // What follows needs no memory between requests, so every node answers every request.
            transport.SessionMode = HttpServerSessionMode.Stateless;
            transport.ConfigureSessionOptions = Configure;
        });
        return services;
    }

    private static Task Configure(HttpContext http, McpServerOptions options, CancellationToken _)
    {
        if (http.GetRouteValue(ConnectionId) is string id)
        {
            var connections = http.RequestServices.GetRequiredService<ConnectionServer>();
            options.ServerInstructions = ConnectionServer.Instructions;
            options.Handlers.ListToolsHandler = async (_, ct) => await connections.ListAsync(http, id, ct);
            options.Handlers.CallToolHandler = async (request, ct) => await connections.CallAsync(http, id, request.Params?.Name ?? "", request.Params?.Arguments, ct);
        }
        else
        {
            var tools = http.RequestServices.GetRequiredService<McpTools>();
            options.Handlers.ListToolsHandler = (_, _) => ValueTask.FromResult(tools.List());
            options.Handlers.CallToolHandler = async (request, ct) => await tools.CallAsync(http, request.Params?.Name ?? "", request.Params?.Arguments, ct);
        }

        return Task.CompletedTask;
    }

    /// <summary>In the order of their usual use, which is the order that clients list them in.</summary>
    private static void AddTools(this IServiceCollection services) => services
        .AddSingleton<McpTool, DiscoverTool>()
        .AddSingleton<McpTool, QuickstartTool>()
        .AddSingleton<McpTool, AuthenticateTool>()
        .AddSingleton<McpTool, RefreshTokenTool>()
        .AddSingleton<McpTool, IntrospectTokenTool>()
        .AddSingleton<McpTool, RevokeTokenTool>()
        .AddSingleton<McpTool, ListAgentsTool>()
        .AddSingleton<McpTool, GetAgentTool>()
        .AddSingleton<McpTool, CreateCredentialTool>()
        .AddSingleton<McpTool, RotateCredentialTool>()
        .AddSingleton<McpTool, RevokeCredentialTool>()
        .AddSingleton<McpTool, CreateDelegationTool>()
        .AddSingleton<McpTool, CheckPermissionTool>();

    public static void MapMcp(this WebApplication app)
    {
        var gate = app.Services.GetRequiredService<McpGate>();
        var doors = app.Services.GetRequiredService<McpDoors>();
        foreach (var (path, door) in new[] { (doors.Open.Path, doors.Open), (doors.OAuth.Path, doors.OAuth), ($"{doors.Connections.Path}/{{{ConnectionId}}}", doors.Connections) })
        {
            app.MapMcp(path).RequireCors(ClientOrigins.Registered).Finally(endpoint =>
            {
                var server = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = http => gate.HandleAsync(http, DoorOf(http, doors, door), server);
            });
            app.MapMethods(path, Other, http => gate.HandleOtherAsync(http, DoorOf(http, doors, door))).RequireCors(ClientOrigins.Registered);
        }

        app.Services.GetRequiredService<ResourceMetadata>().Map(app);
    }

    private static McpDoor DoorOf(HttpContext http, McpDoors doors, McpDoor door) => http.GetRouteValue(ConnectionId) is string id ? doors.OfConnection(id) : door;

    private static void Quieten(LoggerFilterOptions filters)
    {
        foreach (var louder in filters.Rules.Where(rule => rule.CategoryName?.StartsWith(Library, StringComparison.Ordinal) == true).ToArray())
        {
            filters.Rules.Remove(louder);
        }

        filters.Rules.Add(new LoggerFilterRule(null, Library, LogLevel.Warning, null));
    }

    private static string VersionOf(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "0";
}
