using System.Text.RegularExpressions;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>What can be tested of good Arabic: one word for one thing, nobody called a man, nouns that fit.</summary>
[Trait("runs", "once")]
public sealed partial class ArabicTextsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private static readonly IReadOnlyDictionary<string, string> Arabic = Words.For("ar").All;

    /// <summary>A word that must not occur, and the glossary's word for the same thing.</summary>
    public static TheoryData<string, string> Forbidden =>
        new()
        {
            // In a consultancy this is who supervises a site.
            { @"(?<!\w)(ال|لل)?مشرف(ين|ون)?(?!\w)", "مدير النظام" },
            { @"(?<!\w)مدير(?! النظام| نظام)(?!\w)", "مدير النظام" },
            { @"العامل الثاني|عامل\w* ثاني\w*|عاملك", "التحقق بخطوتين" },
            { "مرساة", "نقطة إثبات" },
            { "رموز API", "رموز الوصول (API)" },
            { "مسح عوامل|إزالة التصفية|إلغاء التصفية", "مسح التصفية" },
            // In a consultancy these are bids.
            { @"(?<!\w)ال?عروض(?!\w)", "طرق العرض" },
            { "بالانتظار", "قيد الانتظار" },
            { "أنت هنا|موقعك", "مسار التنقل" },
            { "إكسل|اكسل", "Excel" },
            { "جوجل|غوغل", "Google" },
            { "صفحة الدخول", "صفحة تسجيل الدخول" },
            // It would be the person that is wiped out.
            { "محو (هذا )?(ال)?شخص|ممحو|محو نفسك", "محو بيانات شخص" },
            { "لدينا", "عندنا" },
            { @"(?<!\w)إدارات(?!\w)", "أقسام" },
            { "(?<!عنوان )عنوان الشبكة", "عنوان IP" },
            { @"(?<!\w)مقدمة(?!\w)", "مُقدَّمة" },
        };

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void One_word_stands_for_one_thing(string forbidden, string better) =>
        Check.None(
            Arabic
                .Where(t => Regex.IsMatch(t.Value, forbidden, RegexOptions.ExplicitCapture, Limit))
                .Select(t => $"{t.Key}={t.Value}"),
            $"Say {better}"
        );

    [Fact]
    public void Nobody_is_called_a_man()
    {
        Assert.Matches(VerbOfAMan(), "أنشأ {0} معاملة");

        Check.None(
            Arabic.Where(t => VerbOfAMan().IsMatch(t.Value)).Select(t => $"{t.Key}={t.Value}"),
            "Half of the staff are women: say what was done and by whom, with a noun or the passive"
        );
    }

    [Fact]
    public void A_button_names_what_it_does()
    {
        Assert.Contains(Arabic.Keys, k => Button().IsMatch(k));

        Check.None(
            Arabic
                .Where(t => Button().IsMatch(t.Key) && Imperative().IsMatch(t.Value))
                .Select(t => $"{t.Key}={t.Value}"),
            "A button carries a verbal noun, not an order to a man"
        );
    }

    [Fact]
    public void A_noun_after_a_number_follows_it() =>
        Check.None(
            Arabic
                .Where(t => FixedNoun().IsMatch(t.Value) && !Counted().IsMatch(t.Key))
                .Select(t => $"{t.Key}={t.Value}"),
            "Give these the six forms of a count, or put the number after a colon"
        );

    [Fact]
    public void Adverbs_carry_their_tanwin() =>
        Check.None(
            Arabic.Where(t => WithoutTanwin().IsMatch(t.Value)).Select(t => $"{t.Key}={t.Value}"),
            "Write ً before the last alef"
        );

    /// <summary>Digits after Arabic letters are Arabic numbers to a browser, and a hyphen parts those.</summary>
    [Fact]
    public void Dates_with_hyphens_keep_their_direction()
    {
        Assert.Contains(Arabic.Values, t => t.Contains("\u200e2026-", StringComparison.Ordinal));

        Check.None(
            Arabic.Where(t => BareDate().IsMatch(t.Value)).Select(t => $"{t.Key}={t.Value}"),
            "Put U+200E before these dates: they would turn round"
        );
    }

    [Fact]
    public void Punctuation_is_arabic() =>
        Check.None(
            Arabic.Where(t => LatinPunctuation().IsMatch(t.Value)).Select(t => $"{t.Key}={t.Value}"),
            "Use ، ؛ and ؟ in Arabic sentences"
        );

    [GeneratedRegex(
        @"(?<!\w)(أنشأ|عدّل|نقل|أسند|ألغى|استعاد|استورد|علّق|كتب|أشار إليك|سجّل|بدأه?|اعتمد|يطلب|يدعوك|أعاد|أضاف|غيّر"
            + @"|نسخها|حفظ|يعتمد|لـ) ?\{\d\}|\{\d\} (هو|وحده)|ما حفظه|بريده |أنشأها|حذفها|غيّرها هو",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex VerbOfAMan();

    [GeneratedRegex(
        @"(button|\.add|\.open|\.save|\.send|\.verify|\.run|\.resend|\.apply|_button)$",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Button();

    [GeneratedRegex(
        @"^(افتح|أرسل|اختر|اكتب|سجّل|تحقق|عدّل|أكّد|احفظ|راجع|اطلب|ادخل|حمّل|أضف|أزل|احذف|ابحث|اعرض|انسخ|اطبع)(?!\w)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Imperative();

    [GeneratedRegex(
        @"\{\d\} (حرف|معاملة|صف|ختم|رمز|جدول|يوم|خلية|اسم|ملف|شخص|دقيقة|ساعة|مستخدم|عميل|قيد)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex FixedNoun();

    [GeneratedRegex(@"\.(zero|one|two|few|many|other)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Counted();

    [GeneratedRegex(
        @"(?<!\w)(يوما|شهريا|يوميا|حاليا|أولا|قليلا|فورا|مجددا|أيضا|صفا|حرفا|تقريبا|نهائيا|تلقائيا|لاحقا)(?!\w)",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex WithoutTanwin();

    [GeneratedRegex(@"(?<![\u200e\d-])\d{4}-\d{2}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BareDate();

    [GeneratedRegex(@"[\u0621-\u064A] ?[,;?]|[,;?] ?[\u0621-\u064A]", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LatinPunctuation();
}
