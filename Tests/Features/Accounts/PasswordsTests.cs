using MdcTts.Features.Settings;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Features.Accounts;

[Trait("runs", "once")]
public sealed class PasswordsTests
{
    [Theory]
    [InlineData("short", "password.too_short")]
    [InlineData("aaaaaaaaaaaaaaaa", "password.too_simple")]
    [InlineData("121212121212", "password.too_simple")]
    [InlineData("qwertyqwerty", "password.common")]
    [InlineData("QwertyQwerty", "password.common")]
    [InlineData("ＱwertyＱwerty", "password.common")]
    [InlineData("password12345!", "password.common")]
    [InlineData("!!dragon2026!!", "password.common")]
    [InlineData("SaraAlharbi1990", "password.about_you")]
    [InlineData("sara.alharbi.7", "password.about_you")]
    [InlineData("mdc-mdc-mdc-12", "password.about_you")]
    [InlineData("olayatowers123", "password.about_you")]
    [InlineData("nul\0in the middle", "error.forbidden_characters")]
    public void What_attackers_try_first_is_refused(string password, string key)
    {
        var verdict = Passwords.Judge(
            password,
            new FirmSettings(),
            "Sara Alharbi",
            "s.harbi@mdc.example",
            "Olaya Towers Co."
        );
        Assert.Equal((true, key), (verdict.IsRefused, verdict.Key));
    }

    [Theory]
    [InlineData("correct-horse-battery")]
    [InlineData("four words with spaces")]
    [InlineData("كلمات كثيرة يسهل تذكرها")]
    [InlineData("83920471658392")]
    [InlineData("sara likes long walks home")]
    [InlineData("🐫🌴🕌☕📐🏗️ tea")]
    public void Anything_else_that_is_long_enough_is_taken(string password) =>
        Assert.False(Passwords.Judge(password, new FirmSettings(), "Sara Alharbi", "s.harbi@mdc.example").IsRefused);

    [Fact]
    public void The_firms_name_is_no_password()
    {
        var settings = new FirmSettings { CompanyNameEn = "Almanar Consulting", CompanyNameAr = "المنار للاستشارات" };

        Assert.Equal("password.about_you", Passwords.Judge("almanar-consulting-2026", settings).Key);
        Assert.Equal("password.about_you", Passwords.Judge("المنار-للاستشارات-12", settings).Key);
        Assert.False(Passwords.Judge("almanar-consulting-2026", new FirmSettings()).IsRefused);
    }

    [Fact]
    public void Long_passphrases_are_welcome_up_to_a_limit()
    {
        Assert.Equal(
            4,
            Passwords.Judge(string.Concat(Enumerable.Range(0, 60).Select(i => $"word{i} ")), new FirmSettings()).Score
        );
        Assert.Equal(
            "error.too_long",
            Passwords.Judge(string.Concat(Enumerable.Range(0, 300).Select(i => $"word{i} ")), new FirmSettings()).Key
        );
    }

    [Fact]
    public void The_settings_decide_about_length_and_the_old_habit_of_kinds()
    {
        Assert.False(Passwords.Judge("zq-kett9", new FirmSettings { PasswordMinLength = 8 }).IsRefused);
        Assert.Equal(
            "password.too_short",
            Passwords.Judge("correct-horse-battery", new FirmSettings { PasswordMinLength = 30 }).Key
        );
        Assert.Equal(
            "password.kinds_needed",
            Passwords.Judge("correct-horse-battery", new FirmSettings { PasswordNeedsKinds = true }).Key
        );
        Assert.False(
            Passwords.Judge("Correct-horse-battery1", new FirmSettings { PasswordNeedsKinds = true }).IsRefused
        );
    }
}

[Trait("runs", "once")]
public sealed class PasswordStrengthTests(SharedApp app) : IClassFixture<SharedApp>
{
    [Fact]
    public async Task The_strength_is_told_as_one_types()
    {
        var visitor = app.Anonymous;
        Assert.Equal(
            "0",
            (await visitor.Submit("/password/strength", new { password = "qwertyqwerty" }, htmx: true))
                .Expect(200)
                .Attribute("meter", "value")
        );
        Assert.Equal(
            "4",
            (
                await visitor.Submit(
                    "/password/strength",
                    new { password = "seven green kettles boil on the roof" },
                    htmx: true
                )
            )
                .Expect(200)
                .Attribute("meter", "value")
        );
        Assert.Equal(
            "0",
            (
                await visitor.Submit(
                    "/password/strength",
                    new { password = "Maha Saud 2026", fullName = "Maha Saud" },
                    htmx: true
                )
            )
                .Expect(200)
                .Attribute("meter", "value")
        );
        Assert.False(
            (await visitor.Submit("/password/strength", new { password = "" }, htmx: true)).Expect(200).Has("meter")
        );
    }
}
