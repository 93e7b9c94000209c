using AuthServer;

return await AuthServerHost.RunAsync(args);
