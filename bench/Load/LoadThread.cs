using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AuthServer.Bench.Http;

namespace AuthServer.Bench.Load;

/// <summary>Some connections, driven by one thread: as soon as one has its answer, it sends its next request.</summary>
internal sealed class LoadThread(IPEndPoint server, IReadOnlyList<IConversation> conversations)
{
    private const int MaxErrors = 50;
    private const int MaxRequest = 8 * 1024;
    private const int MaxDetail = 400;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private readonly byte[] _request = new byte[MaxRequest];
    private readonly long[] _startedAt = new long[conversations.Count];
    private readonly bool[] _waiting = new bool[conversations.Count];
    private readonly bool[] _underway = new bool[conversations.Count];

    public LatencyHistogram Latencies { get; } = new();

    public long Errors { get; private set; }

    public string? FirstError { get; private set; }

    /// <summary>Until <paramref name="end"/> requests are sent; only operations completed after <paramref name="begin"/> count.</summary>
    public void Run(long begin, long end)
    {
        var connections = conversations.Select(_ => new Connection(server)).ToArray();
        try
        {
            Drive(connections, begin, end);
        }
        catch (Exception broken) when (broken is InvalidDataException or SocketException)
        {
            Count($"A connection broke: {broken.Message}");
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private void Drive(Connection[] connections, long begin, long end)
    {
        var entries = connections.Select(connection => new Poll.Entry(connection.Descriptor)).ToArray();
        var lastAnswer = Stopwatch.GetTimestamp();
        for (var i = 0; i < connections.Length; i++)
        {
            Send(connections[i], i, lastAnswer);
        }

        // After the end, what was asked is still read: each answered token must be known when the trail is checked.
        while (Array.IndexOf(_waiting, true) >= 0 && Errors < MaxErrors)
        {
            if (Poll.Wait(entries, 100) == 0 && Stopwatch.GetElapsedTime(lastAnswer) > AnswerWithin)
            {
                Count($"No answer within {AnswerWithin.TotalSeconds:0} s.");
                return;
            }

            for (var i = 0; i < entries.Length; i++)
            {
                if (entries[i].IsReady && connections[i].TryReceive(out var answer))
                {
                    lastAnswer = Stopwatch.GetTimestamp();
                    Complete(i, answer, lastAnswer, inWindow: lastAnswer >= begin && lastAnswer < end);
                    if (lastAnswer < end)
                    {
                        Send(connections[i], i, lastAnswer);
                    }
                }
            }
        }
    }

    private void Send(Connection connection, int i, long now)
    {
        if (!_underway[i])
        {
            _startedAt[i] = now;
            _underway[i] = true;
        }

        connection.Send(_request.AsSpan(0, conversations[i].Write(_request)));
        _waiting[i] = true;
    }

    private void Complete(int i, in HttpAnswer answer, long now, bool inWindow)
    {
        _waiting[i] = false;
        var progress = conversations[i].Read(answer);
        _underway[i] = progress == Progress.More;
        if (progress == Progress.Wrong)
        {
            Count($"{answer.Status} {Encoding.UTF8.GetString(answer.Location)} {Encoding.UTF8.GetString(answer.Body[..Math.Min(MaxDetail, answer.Body.Length)])}");
        }
        else if (progress == Progress.Done && inWindow)
        {
            Latencies.Record(now - _startedAt[i]);
        }
    }

    private void Count(string error)
    {
        Errors++;
        FirstError ??= error;
    }
}
