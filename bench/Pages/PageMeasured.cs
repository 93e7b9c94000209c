namespace AuthServer.Bench.Pages;

/// <summary>What came of the visits of one page.</summary>
/// <param name="Rows">How many there are of each thing.</param>
/// <param name="Statements">Sent to the database for one visit.</param>
/// <param name="P50">In milliseconds, as the two below.</param>
/// <param name="Work">Processor time of the server for one visit: the figure that a busy machine does not spoil.</param>
/// <param name="Weight">Octets.</param>
public sealed record PageMeasured(string Rows, string Page, int Statements, double P50, double P99, double Work, int Weight)
{
    /// <summary>What each page is to stay under.</summary>
    public const double Wanted = 100;
}
