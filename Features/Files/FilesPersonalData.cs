using MdcTts.Infrastructure.Privacy;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Files;

/// <summary>What files keep about the people who brought them.</summary>
internal static class FilesPersonalData
{
    public static IEnumerable<PersonalData> All =>
        [
            new("files", typeof(Attachment))
            {
                Order = 90,
                Export = Uploaded,
                StaysBecause =
                    "The firm's papers. Who brought one is the id of a user, whose row holds a pseudonym then.",
            },
        ];

    private static async Task<object> Uploaded(int id, IServiceProvider request, CancellationToken stop)
    {
        var db = request.GetRequiredService<AppDb>();
        return new { uploaded = await db.Attachments.CountAsync(a => a.UploadedById == id, stop) };
    }
}
