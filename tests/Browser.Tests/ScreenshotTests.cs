using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>Takes the pictures of docs/console, from a broker that is at work.</summary>
[Collection(nameof(ConsoleCollection))]
public sealed class ScreenshotTests(BusyBroker broker)
{
    public static TheoryData<string, bool> Pages => new(ConsolePages.All.SelectMany(path => new[] { (path, false), (path, true) }));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_can_be_looked_at(string path, bool isDark)
    {
        IPage page = await broker.SignInAsync(isDark: isDark);
        await broker.OpenAsync(page, path);

        byte[] picture = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true });

        Assert.True(picture.Length > 5000);
        if (Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS") == "1")
        {
            string folder = Path.Combine(Repository.Root, "docs", "console");
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{ConsolePages.NameOf(path)}-{(isDark ? "dark" : "light")}.png"), picture, TestContext.Current.CancellationToken);
        }
    }
}
