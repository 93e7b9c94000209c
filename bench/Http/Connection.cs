using System.Net;
using System.Net.Sockets;

namespace AuthServer.Bench.Http;

/// <summary>One kept-alive connection with its buffers; one request at a time.</summary>
public sealed class Connection : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private readonly Socket _socket;
    private readonly byte[] _received = new byte[BufferSize];
    private int _length;

    public Connection(IPEndPoint server)
    {
        // This program makes load without asking whom it hits: it must not leave the machine.
        if (!IPAddress.IsLoopback(server.Address))
        {
            throw new ArgumentException($"{server.Address} is not a loopback address.", nameof(server));
        }

        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(server);
    }

    /// <summary>For poll(2).</summary>
    public int Descriptor => (int)_socket.SafeHandle.DangerousGetHandle();

    public void Send(ReadOnlySpan<byte> request)
    {
        _length = 0;
        _socket.Send(request);
    }

    /// <summary>Reads what has arrived; true once the answer is whole.</summary>
    public bool TryReceive(out HttpAnswer answer)
    {
        var read = _socket.Receive(_received.AsSpan(_length), SocketFlags.None);
        if (read == 0)
        {
            throw new InvalidDataException("The server closed the connection, or its answer is larger than the buffer.");
        }

        _length += read;
        return HttpAnswer.TryRead(_received.AsSpan(0, _length), out answer);
    }

    public void Dispose() => _socket.Dispose();
}
