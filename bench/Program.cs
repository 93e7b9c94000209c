using AuthServer.Bench;
using AuthServer.Bench.Servers;

if (args is ["bare", var port])
{
    await BareServer.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

if (!BenchOptions.TryParse(args, out var options, out var message))
{
    Console.Error.WriteLine(message);
    return 2;
}

return await new BenchRun(options).RunAsync() ? 0 : 1;
