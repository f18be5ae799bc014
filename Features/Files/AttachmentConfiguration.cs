using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace MdcTts.Features.Files;

internal sealed class AttachmentConfiguration : IEntityTypeConfiguration<Attachment>
{
    public void Configure(EntityTypeBuilder<Attachment> t)
    {
        t.ToTable("Attachments");
        t.Property(x => x.FileName).HasMaxLength(Attachment.FileNameMaxLength);
        t.Property(x => x.Description).HasMaxLength(Attachment.DescriptionMaxLength);
        t.Property(x => x.Version).IsConcurrencyToken();
        t.HasIndex(x => new { x.TransactionId, x.Id });
        // What can be taken back no longer.
        t.HasIndex(x => x.DeletedAt);
        t.HasOne(x => x.Transaction).WithMany().HasForeignKey(x => x.TransactionId).OnDelete(DeleteBehavior.Cascade);
        t.HasOne(x => x.Content).WithMany().HasForeignKey(x => x.ContentId).OnDelete(DeleteBehavior.Restrict);
        t.HasOne(x => x.UploadedBy).WithMany().HasForeignKey(x => x.UploadedById).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class FileContentConfiguration : IEntityTypeConfiguration<FileContent>
{
    public void Configure(EntityTypeBuilder<FileContent> t)
    {
        t.ToTable("FileContents");
        t.Property(x => x.Sha256).HasMaxLength(64);
        t.Property(x => x.Kind).HasMaxLength(20);
        t.Property(x => x.Finding).HasMaxLength(FileContent.FindingMaxLength);
        t.HasIndex(x => x.Sha256).IsUnique();
        t.HasIndex(x => x.Scan);
    }
}
