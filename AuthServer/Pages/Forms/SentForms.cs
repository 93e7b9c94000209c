using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Pages.Forms;

/// <summary>Forms that have made something. One that comes again as it was, by a second click or because its answer was loaded again, makes nothing more. Browsers show the answer to the
/// last click, so for a minute it is the same one, with what is shown once; later it says that it was done.</summary>
internal sealed class SentForms(TimeProvider clock)
{
    private static readonly TimeSpan SaysTheSame = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    private static readonly Problem Done = Problem.Conflict("form_sent", "This was done already, when the form was first sent. What is shown once is not shown again.");

    private readonly ConcurrentDictionary<string, Sent> _forms = new(StringComparer.Ordinal);

    /// <param name="work">It goes on when its browser has gone: a second click ends the first request.</param>
    public async Task<Answer<T>> OnceAsync<T>(HttpContext http, Func<CancellationToken, Task<Answer<T>>> work)
        where T : class => await OnceAsync(http, work, made => made.Problem is null) ?? Done;

    /// <summary>Whether this form came before, and what it asks for is done or being done.</summary>
    public bool Knows(HttpRequest request) => KeptForms.TryRead(request, out _) && _forms.ContainsKey(KeyOf(request));

    /// <inheritdoc cref="OnceAsync{T}(HttpContext, Func{CancellationToken, Task{Answer{T}}})"/>
    /// <param name="isMade">Whether an answer has made something: any other may be sought again.</param>
    /// <returns>Null: it was done so long ago that its answer is not known any more.</returns>
    public async Task<T?> OnceAsync<T>(HttpContext http, Func<CancellationToken, Task<T>> work, Func<T, bool> isMade)
        where T : class
    {
        var now = clock.GetUtcNow();
        Forget(now);
        var (key, own) = (KeyOf(http.Request), new Sent(now));
        if (_forms.GetOrAdd(key, own) is var first && first != own)
        {
            return now - first.At > SaysTheSame ? null
                : await first.Answer.Task is T same ? same
                : await work(CancellationToken.None);
        }

        T? made = null;
        try
        {
            made = await work(CancellationToken.None);
            return made;
        }
        finally
        {
            if (made is null || !isMade(made))
            {
                // It has made nothing, and may be sent again.
                (made, _) = (null, _forms.TryRemove(key, out _));
            }

            own.Answer.SetResult(made);
            own.Keep(clock, SaysTheSame);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, sent) in _forms)
        {
            if (now - sent.At > Remembered)
            {
                _forms.TryRemove(key, out _);
            }
        }
    }

    /// <summary>Each time that a page is made, its forms have another anti-forgery token: two that are equal in all are one that was sent twice.</summary>
    private static string KeyOf(HttpRequest request)
    {
        var said = new StringBuilder(request.Path).Append(request.QueryString).Append('\n');
        foreach (var (name, values) in request.Form)
        {
            foreach (var value in values)
            {
                said.Append(name).Append('=').Append(value).Append('\0');
            }
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(said.ToString())));
    }

    private sealed class Sent(DateTimeOffset at)
    {
        private ITimer? _timer;

        public DateTimeOffset At => at;

        /// <summary>Null: it made nothing.</summary>
        public TaskCompletionSource<object?> Answer { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>So long, and what is shown once no longer.</summary>
        public void Keep(TimeProvider clock, TimeSpan time) => _timer = clock.CreateTimer(_ => Drop(), null, time, Timeout.InfiniteTimeSpan);

        private void Drop()
        {
            Answer = new TaskCompletionSource<object?>();
            Answer.SetResult(null);
            _timer?.Dispose();
        }
    }
}

internal static class SentOnce
{
    /// <inheritdoc cref="SentForms.Knows(HttpRequest)"/>
    public static bool WasSent(this HttpContext http) => http.RequestServices.GetRequiredService<SentForms>().Knows(http.Request);

    /// <inheritdoc cref="SentForms.OnceAsync{T}(HttpContext, Func{CancellationToken, Task{Answer{T}}})"/>
    public static Task<Answer<T>> OnceAsync<T>(this HttpContext http, Func<CancellationToken, Task<Answer<T>>> work)
        where T : class => http.RequestServices.GetRequiredService<SentForms>().OnceAsync(http, work);

    /// <inheritdoc cref="SentForms.OnceAsync{T}(HttpContext, Func{CancellationToken, Task{T}}, Func{T, bool})"/>
    public static Task<T?> OnceAsync<T>(this HttpContext http, Func<CancellationToken, Task<T>> work, Func<T, bool> isMade)
        where T : class => http.RequestServices.GetRequiredService<SentForms>().OnceAsync(http, work, isMade);
}
