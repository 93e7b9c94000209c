using AuthServer.Bench;
using AuthServer.Bench.Servers;
using AuthServer.Bench.Vault;

if (args is ["bare", var port])
{
    await BareServer.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["provider", var providerPort])
{
    await ProviderServer.RunAsync(int.Parse(providerPort, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

if (!BenchOptions.TryParse(args, out var options, out var message))
{
    Console.Error.WriteLine(message);
    return 2;
}

return await new BenchRun(options).RunAsync() ? 0 : 1;
