using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MdcTts.Load;

/// <summary>
/// Signs in while only one replica gets requests, goes on while only the other does: sessions, antiforgery tokens and
/// API tokens belong to all.
/// </summary>
internal static class TwoReplicas
{
    public static async Task<int> Run(Target target, string haproxy, CancellationToken stop)
    {
        foreach (var (first, second) in new[] { ("app-1", "app-2"), ("app-2", "app-1") })
        {
            using var browser = new Visitor(target, first == "app-1" ? 1 : 2);
            using var script = new Visitor(target, first == "app-1" ? 3 : 4);
            await Only(first, second);
            await browser.SignIn(stop);
            await script.SignInToApi(stop);
            await Only(second, first);
            using var page = await browser.Get("/transactions", stop);
            Expect(page, HttpStatusCode.OK);
            // The token of a form made by one, posted to the other.
            using var changed = await browser.Submit(
                "/transactions",
                "/signout",
                [],
                stop,
                between: () => Only(first, second)
            );
            Expect(changed, HttpStatusCode.SeeOther);
            await Only(second, first);
            using var afterwards = await browser.Get("/transactions", stop);
            Expect(afterwards, HttpStatusCode.Redirect);
            await script.Json("/me", stop);
            await Admin($"set server app/{first} state ready");
            Console.WriteLine(
                $"signed in on {first}, went on at {second}, signed out by a form of {second} posted to "
                    + $"{first}, which {second} knew"
            );
        }

        return 0;

        async Task Only(string one, string other)
        {
            await Admin($"set server app/{one} state ready");
            await Admin($"set server app/{other} state maint");
        }

        async Task Admin(string command)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(haproxy), stop);
            await socket.SendAsync(Encoding.ASCII.GetBytes(command + "\n"), stop);
            var buffer = new byte[1000];
            var got = await socket.ReceiveAsync(buffer, stop);
            if (Encoding.ASCII.GetString(buffer, 0, got).Trim() is { Length: > 0 } refused)
                throw new InvalidOperationException($"{command}: {refused}");
        }
    }

    private static void Expect(HttpResponseMessage answer, HttpStatusCode status)
    {
        if (answer.StatusCode != status)
            throw new InvalidOperationException(
                $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} instead of {(int)status}"
            );
    }
}
