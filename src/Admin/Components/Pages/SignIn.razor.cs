using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using NatsKestrel.Admin.Access;

namespace NatsKestrel.Admin.Components.Pages;

/// <summary>The page where a token becomes a session; rendered without a circuit, because it sets a cookie.</summary>
public sealed partial class SignIn
{
    private string? _message;
    private bool _isGood;

    [CascadingParameter]
    private HttpContext Context { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? LinkToken { get; set; }

    [SupplyParameterFromQuery(Name = "return")]
    private string? ReturnTo { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in", Name = "User")]
    private string? User { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in", Name = "Token")]
    private string? Token { get; set; }

    [SupplyParameterFromForm(FormName = "sign-in", Name = "Target")]
    private string? Target { get; set; }

    private string Address => Context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private async Task SignInAsync()
    {
        ConsoleUser? user = await Access.SignInAsync(User?.Trim() ?? "", Token ?? "", Address);
        if (user is null)
        {
            Audit.Add("somebody", Address, User is { Length: > 0 } name ? $"sign in as {Format.Foreign(name, 40)}" : "sign in", "refused");
            _message = User is { Length: > 0 } ? "That is not the name and the password of a user." : "That token is not valid: mistyped, too old, or used already.";
            return;
        }

        Gate.SignIn(Context, user);
        Audit.Add(user, "sign in", $"as {user.Role}");
        Navigation.NavigateTo(IsOurs(Target) ? Target! : "");
    }

    private void NewLink()
    {
        if (Links.TryCreate() is { } token)
        {
            HttpRequest request = Context.Request;
            Logger.SignInLink($"{request.Scheme}://{request.Host}{request.PathBase}/sign-in?token={token}");
        }

        // The same words either way: nobody learns here when the last one was asked for.
        _isGood = true;
        _message = "Look at the server's log. A new link is written at most once a minute.";
    }

    // Only pages of the console itself: nothing with a host, a scheme or another root.
    private static bool IsOurs(string? target) =>
        target is { Length: > 0 and < 1000 } && target[0] is not ('/' or '\\') && !target.Split('?')[0].Contains(':') && !target.Contains('\\')
        && !target.Any(char.IsControl);
}
