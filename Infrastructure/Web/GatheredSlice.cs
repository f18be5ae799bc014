using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using RazorSlices;

namespace MdcTts.Infrastructure.Web;

/// <summary>A slice that is rendered into memory and then sent as a whole.</summary>
/// <remarks>
/// A page is some thousand small pieces of text, and Kestrel takes a lock for each that it is handed. It also means
/// that an exception in the middle of a page is an error page and not half of one.
/// </remarks>
public sealed class GatheredSlice(RazorSlice slice) : IResult
{
    // A list of 25 rows, before it is compressed.
    private const int UsualSize = 48 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var features = httpContext.Features;
        var body = features.Get<IHttpResponseBodyFeature>()!;
        var page = new ArrayBufferWriter<byte>(UsualSize);
        features.Set<IHttpResponseBodyFeature>(new Gathering(body, page));
        try
        {
            await ((IResult)slice).ExecuteAsync(httpContext);
        }
        finally
        {
            features.Set(body);
        }

        await body.Writer.WriteAsync(page.WrittenMemory, httpContext.RequestAborted);
    }

    private sealed class Gathering(IHttpResponseBodyFeature body, ArrayBufferWriter<byte> page)
        : IHttpResponseBodyFeature
    {
        public Stream Stream => body.Stream;

        public PipeWriter Writer { get; } = new MemoryWriter(page);

        public void DisableBuffering() => body.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(
            string path,
            long offset,
            long? count,
            CancellationToken cancellationToken = default
        ) => body.SendFileAsync(path, offset, count, cancellationToken);

        public Task CompleteAsync() => Task.CompletedTask;
    }

    private sealed class MemoryWriter(ArrayBufferWriter<byte> page) : PipeWriter
    {
        public override void Advance(int bytes) => page.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => page.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => page.GetSpan(sizeHint);

        public override void CancelPendingFlush() { }

        public override void Complete(Exception? exception = null) { }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(new FlushResult(isCanceled: false, isCompleted: false));
    }
}
