namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Counts the shared texts of an old workbook: what its table claims is often wrong.</summary>
internal static class XlsTexts
{
    /// <summary>Two counts stand in front: of all uses and of the texts.</summary>
    public const int HeaderLength = 8;

    private const byte TwoBytes = 0x01;
    private const byte HasExtension = 0x04;
    private const byte HasRuns = 0x08;
    private const int RunLength = 4;

    /// <summary>How many texts are there whole.</summary>
    /// <param name="records">The table and what continues it; the texts go on from one to the next.</param>
    public static int Count(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        var place = new Place(records, HeaderLength);
        var count = 0;
        while (Skip(place))
            count++;
        return count;
    }

    private static bool Skip(Place place)
    {
        if (place.Bytes(2) is not { } length || place.Bytes(1) is not { } flags)
            return false;
        var (runs, extension) = (0, 0);
        if ((flags & HasRuns) != 0)
        {
            if (place.Bytes(2) is not { } said)
                return false;
            runs = said;
        }

        if ((flags & HasExtension) != 0)
        {
            if (place.Bytes(4) is not { } said || said < 0)
                return false;
            extension = said;
        }

        return place.SkipLetters(length, (flags & TwoBytes) != 0)
            && place.Skip((long)runs * RunLength)
            && place.Skip(extension);
    }

    /// <summary>Where in which record.</summary>
    private sealed class Place(IReadOnlyList<ReadOnlyMemory<byte>> records, int at)
    {
        private int record;
        private int at = at;

        private int Left => record < records.Count ? records[record].Length - at : 0;

        public int? Bytes(int count)
        {
            var number = 0;
            for (var i = 0; i < count; i++)
            {
                if (!Move())
                    return null;
                number |= records[record].Span[at++] << (8 * i);
            }

            return number;
        }

        public bool Skip(long count)
        {
            while (count > 0)
            {
                if (!Move())
                    return false;
                var step = (int)Math.Min(count, Left);
                at += step;
                count -= step;
            }

            return true;
        }

        /// <summary>Where letters go on in the next record, a byte says anew how wide they are.</summary>
        public bool SkipLetters(int count, bool isWide)
        {
            while (count > 0)
            {
                if (Left == 0)
                {
                    if (Bytes(1) is not { } flags)
                        return false;
                    isWide = (flags & TwoBytes) != 0;
                }

                var width = isWide ? 2 : 1;
                var step = Math.Min(count, Left / width);
                if (step == 0 && Left > 0)
                    return false;
                at += step * width;
                count -= step;
            }

            return true;
        }

        /// <summary>To the next record where this one is at its end; false where there is none.</summary>
        private bool Move()
        {
            while (Left <= 0)
            {
                if (record + 1 >= records.Count)
                    return false;
                (record, at) = (record + 1, 0);
            }

            return true;
        }
    }
}
