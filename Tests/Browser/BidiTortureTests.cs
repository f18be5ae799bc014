using System.Globalization;
using System.Text.Encodings.Web;
using MdcTts.Features.Outbox;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using MdcTts.Support;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.InBrowser;

/// <summary>
/// Values of both directions, looked at glyph by glyph: where does each character stand on the screen? A number must
/// look the same in every place.
/// </summary>
[Collection(Support.Browser.Collection)]
[Trait("runs", "once")]
public sealed class BidiTortureTests(SharedApp app, Support.Browser browser) : IClassFixture<SharedApp>
{
    /// <summary>What is typed, and its glyphs from left to right as they must stand, without blanks.</summary>
    private static readonly (string Typed, string Seen)[] References =
    [
        ("ص-4326/6", "4326/6-ص"),
        ("MDC/ص/12-3", "MDC/ص/12-3"),
        ("12-3/أ", "أ/12-3"),
        ("1447/ح/12", "12/ح/1447"),
        ("١٤٤٧/ح/١٢", "١٢/ح/١٤٤٧"),
        ("ع/ب-2026/001", "2026/001-ب/ع"),
        ("C#-7", "C#-7"),
        ("RRM-2388/9", "RRM-2388/9"),
        ("2026-12-01", "2026-12-01"),
        ("+966-51", "+966-51"),
        ("ص–4326/7", "4326/7–ص"),
        ("رخصة-1445-17", "1445-17-ةصخر"),
        ("12-3-ص", "ص-12-3"),
        ("A-1/ب", "A-1/ب"),
        ("(ص/7)", ")7/ص("),
        ("ص.5.2", "5.2.ص"),
        ("ق_2026_3", "2026_3_ق"),
        ("هـ-1448", "1448-ـه"),
        ("\u202e123-ص", "ص-123"),
        ("\u2069\u202e9/ش-1", "1-ش/9"),
    ];

    private static readonly (string Typed, string Seen)[] Titles =
    [
        ("Reception interior finishes, zone C –", "Receptioninteriorfinishes,zoneC–"),
        ("شركة ABC للمقاولات (فرع 2)", ")2عرف(تالواقمللABCةكرش"),
        ("Tower & Sons Co. (KSA)", "Tower&SonsCo.(KSA)"),
        ("title \u202eevil txt.exe", "titleeviltxt.exe"),
        ("ما التالي؟", "؟يلاتلاام"),
        ("C#", "C#"),
        ("- بند 1", "1دنب-"),
        ("أمانة منطقة الرياض!", "!ضايرلاةقطنمةنامأ"),
    ];

    /// <summary>
    /// The characters of an element by their place: line after line, each from left to right. Marks stand on their
    /// letters and are left out; so is what is not drawn.
    /// </summary>
    private const string Glyphs = """
        window.glyphs = element => {
            const found = [];
            const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                for (let i = 0; i < node.data.length; i++) {
                    if (!/[\p{L}\p{N}\p{P}\p{S}]/u.test(node.data[i])) continue;
                    const range = document.createRange();
                    range.setStart(node, i);
                    range.setEnd(node, i + 1);
                    const [box] = range.getClientRects();
                    if (box && box.width > 0)
                        found.push({ sign: node.data[i], x: box.left, y: box.top + box.height / 2 });
                }
            }
            const lines = [];
            for (const glyph of found.sort((a, b) => a.y - b.y)) {
                const line = lines.at(-1);
                if (line && glyph.y - line[0].y < 6) line.push(glyph);
                else lines.push([glyph]);
            }
            return lines.map(line => line.sort((a, b) => a.x - b.x).map(glyph => glyph.sign).join('')).join('');
        };
        """;

    [Theory]
    [InlineData("ar")]
    [InlineData("en")]
    public async Task Every_value_looks_the_same_in_list_detail_timeline_form_and_label(string language)
    {
        var tag = $"bidi{Guid.NewGuid():N}"[..12];
        var numbers = new List<string>();
        for (var i = 0; i < References.Length; i++)
        {
            var made = await app.Api(Sara)
                .Post("/transactions", Body("قديم-1/2", Titles[i % Titles.Length].Typed, tag));
            numbers.Add(made.Expect(201)["number"]!);
            var version = int.Parse(made.Header("ETag")!.Trim('"'), CultureInfo.InvariantCulture);
            var body = Body(References[i].Typed, Titles[i % Titles.Length].Typed, tag);
            (await app.Api(Sara).Put("/transactions/" + numbers[i], body, version)).Expect(200);
        }

        await using var tab = await browser.Open(app, Sara, language);
        await tab.Page.AddInitScriptAsync(Glyphs);
        await tab.Go($"/transactions?tag={tag}&pageSize=50");
        var rows = await tab.Page.EvaluateAsync<Row[]>(
            """
            numbers => numbers.map(number => {
                const row = document.getElementById('t-' + number);
                return { reference: glyphs(row.querySelector('.ref')), title: glyphs(row.querySelector('.title a')) };
            })
            """,
            numbers
        );
        var chip = await tab.Page.EvaluateAsync<string>("glyphs(document.querySelector('.chip bdi'))");
        await tab.Go("/transactions/" + numbers[0]);
        var details = await tab.Page.EvaluateAsync<Details[]>(
            """
            numbers => Promise.all(numbers.map(async number => {
                const parse = async path => {
                    const text = await (await fetch(path)).text();
                    return new DOMParser().parseFromString(text, 'text/html');
                };
                const put = (element, css) => {
                    const box = document.querySelector('main').appendChild(document.createElement('div'));
                    box.style = css ?? '';
                    return box.appendChild(document.importNode(element, true));
                };
                const page = await parse('/transactions/' + number);
                const head = put(page.querySelector('[data-part=title]')).querySelector('h1');
                const diff = put(page.querySelector('.diff'));
                const label = put((await parse(`/transactions/${number}/label`)).querySelector('.label'));
                const input = (await parse(`/transactions/${number}/edit`)).querySelector('[name=title]');
                // Nothing measures the letters of a box: this one lays them out by the same rules.
                const box = document.createElement('div');
                box.dir = input.dir;
                box.textContent = input.value;
                const answer = {
                    reference: glyphs(head.children[0]),
                    title: glyphs(head.children[1]),
                    before: glyphs(diff.querySelector('del')),
                    after: glyphs(diff.querySelector('ins')),
                    change: glyphs(diff),
                    label: glyphs(label.querySelector('h1')),
                    labelTitle: glyphs(label.querySelector('.two')),
                    form: glyphs(put(box, 'white-space: pre')),
                };
                return answer;
            }))
            """,
            numbers
        );

        var wrong = new List<string>();
        void Look(string where, string expected, string seen)
        {
            if (seen != expected)
                wrong.Add($"{where}: {seen} instead of {expected}");
        }

        for (var i = 0; i < References.Length; i++)
        {
            var (reference, title) = (References[i].Seen, Titles[i % Titles.Length].Seen);
            Look("list", reference, rows[i].Reference);
            Look("list, title", title, rows[i].Title);
            Look("detail", reference, details[i].Reference);
            Look("detail, title", title, details[i].Title);
            Look("timeline", reference, details[i].After);
            Look("timeline, before", "1/2-ميدق", details[i].Before);
            Look(
                "timeline, from old to new",
                language == "ar" ? $"{reference}←1/2-ميدق" : $"1/2-ميدق→{reference}",
                details[i].Change
            );
            Look("label", reference, details[i].Label);
            Look("label, title", title, details[i].LabelTitle);
            Look("form, title", title, details[i].Form);
        }

        Look("chip", tag, chip);
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task Every_value_looks_the_same_in_a_mail()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ar");
        var content = new MailContent("…", [new("mail.hello", Titles[1].Typed)])
        {
            Facts =
            [
                .. References.Select(r => new MailFact(
                    "field.referenceNumber",
                    PlainText.Trimmed(r.Typed)!,
                    "قديم-1/2",
                    Words.T.Arrow
                )),
            ],
        };
        using var slice = MailLayout.Create(new MailView(content, Name: null, "MDC", "https://tts.mdc.example", null));
        using var html = new StringWriter();
        await slice.RenderAsync(html, HtmlEncoder.Default);

        await using var tab = await browser.Open(app);
        await tab.Page.AddInitScriptAsync(Glyphs);
        // Not under the app's policy, which allows no styles at elements: mail programs know no other.
        await tab.Page.RouteAsync(
            "**/mail",
            route => route.FulfillAsync(new() { Body = html.ToString(), ContentType = "text/html; charset=utf-8" })
        );
        await tab.Go("/mail");
        var seen = await tab.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('table table table td:last-child')].map(cell => glyphs(cell))"
        );

        Assert.Equal(References.Select(r => $"1/2-ميدق←{r.Seen}"), seen);
    }

    private static object Body(string reference, string title, string tag) =>
        new
        {
            title,
            client = "1",
            type = "payment",
            referenceNumber = reference,
            tags = new[] { tag },
        };

    private sealed class Row
    {
        public string Reference { get; set; } = "";
        public string Title { get; set; } = "";
    }

    private sealed class Details
    {
        public string Reference { get; set; } = "";
        public string Title { get; set; } = "";
        public string Before { get; set; } = "";
        public string After { get; set; } = "";
        public string Change { get; set; } = "";
        public string Label { get; set; } = "";
        public string LabelTitle { get; set; } = "";
        public string Form { get; set; } = "";
    }
}
