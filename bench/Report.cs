using System.Globalization;
using System.Text;
using System.Text.Json;
using AuthServer.Bench.Load;
using AuthServer.Bench.Pages;

namespace AuthServer.Bench;

/// <summary>What one run found, as a table or as JSON.</summary>
public sealed class Report(BenchOptions options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly List<(Scenario Scenario, Measurement Measured)> _lines = [];
    private readonly List<PageMeasured> _pages = [];
    private readonly List<string> _faults = [];
    private readonly List<(string Name, double Value, string Unit)> _figures = [];

    public bool IsGood => _faults.Count == 0;

    public void Add(Scenario scenario, Measurement measured)
    {
        _lines.Add((scenario, measured));
        if (measured.Errors > 0 || measured.Count == 0)
        {
            Fault($"{scenario.Name}: {measured.Errors} wrong answers, {measured.Count} right ones. {measured.FirstError}");
        }
    }

    public void Add(PageMeasured page) => _pages.Add(page);

    public void Fault(string fault) => _faults.Add(fault);

    public void Figure(string name, double value, string unit) => _figures.Add((name, value, unit));

    public string Write() => options.Json ? Json() : Table();

    private double Ratio(Measurement measured, string to)
    {
        var bare = _lines.FirstOrDefault(line => line.Scenario.Name == to).Measured;
        return bare is { PerSecond: > 0 } ? measured.PerSecond / bare.PerSecond : double.NaN;
    }

    private string Table()
    {
        var text = new StringBuilder();
        Line(text, $"{options.Connections} connections, {options.Warmup} s warm-up, {options.Seconds} s measured, {Environment.ProcessorCount} cores shared with the load generator");
        Line(text, $"");
        Line(text, $"| {"request",-18} | {"per second",10} | {"p50 ms",7} | {"p99 ms",7} | {"of bare",7} | {"of bare ES256",13} | {"wanted",11} |");
        Line(text, $"|{new string('-', 20)}|{new string('-', 11)}:|{new string('-', 8)}:|{new string('-', 8)}:|{new string('-', 8)}:|{new string('-', 14)}:|{new string('-', 12)}:|");
        foreach (var (scenario, measured) in _lines)
        {
            var wanted = scenario.Wanted is { } perSecond ? perSecond.ToString("N0", CultureInfo.InvariantCulture)
                : scenario.WantedRatio is { } ratio ? string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0} of bare") : "";
            Line(text, $"| {scenario.Name,-18} | {measured.PerSecond,10:N0} | {measured.P50,7:0.00} | {measured.P99,7:0.00} | {Ratio(measured, Scenarios.Bare),7:0.000} | {Ratio(measured, Scenarios.BareSigned),13:0.000} | {wanted,11} |");
        }

        Line(text, $"");
        Pages(text);
        _figures.ForEach(figure => Line(text, $"{figure.Name}: {figure.Value:0.##} {figure.Unit}"));
        _faults.ForEach(fault => Line(text, $"FAULT {fault}"));
        return text.ToString();
    }

    /// <summary>The slowest first; a page that misses its figure is marked.</summary>
    private void Pages(StringBuilder text)
    {
        foreach (var rows in _pages.GroupBy(page => page.Rows))
        {
            Line(text, $"| page, with {rows.Key} rows (wanted under {PageMeasured.Wanted} ms) | statements | processor ms | p50 ms | p99 ms | KB |");
            Line(text, $"|---|---:|---:|---:|---:|---:|");
            foreach (var page in rows.OrderByDescending(page => page.P50))
            {
                Line(text, $"| {(page.P50 < PageMeasured.Wanted ? "" : "SLOW ")}{page.Page} | {page.Statements} | {page.Work:0.0} | {page.P50:0.0} | {page.P99:0.0} | {page.Weight / 1000.0:0.0} |");
            }

            Line(text, $"");
        }
    }

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));

    private string Json() => JsonSerializer.Serialize(
        new
        {
            Cores = Environment.ProcessorCount,
            options.Connections,
            WarmupSeconds = options.Warmup,
            MeasuredSeconds = options.Seconds,
            Requests = _lines.Select(line => new
            {
                line.Scenario.Name,
                line.Measured.PerSecond,
                P50Milliseconds = line.Measured.P50,
                P99Milliseconds = line.Measured.P99,
                OfBare = Finite(Ratio(line.Measured, Scenarios.Bare)),
                OfBareEs256 = Finite(Ratio(line.Measured, Scenarios.BareSigned)),
                line.Measured.Count,
                line.Measured.Errors,
                line.Scenario.Wanted,
                line.Scenario.WantedRatio,
            }),
            Pages = _pages,
            Figures = _figures.Select(figure => new { figure.Name, figure.Value, figure.Unit }),
            Faults = _faults,
        },
        Indented);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
