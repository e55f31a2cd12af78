"""Texts that are chosen at run time. `N` marks them for the catalogues; `Visit.text` translates them."""

from __future__ import annotations


def N(text: str) -> str:
    """Marks a text for translation; returns it as it is."""
    return text


REFUSED = N(
    "Not accepted. Check what you entered and try again with a new code. If it keeps being refused,"
    " wait a while or ask your administrator."
)
TOO_MANY = N("Too many attempts from your network. Wait a minute and try again.")

METHODS = {
    "token": N("One-time password (token or authenticator app)"),
    "backup-code": N("Backup code"),
    "issued-code": N("Temporary code"),
    "app-password": N("App-specific password"),
}

EVENTS = {
    "signed-in": N("Signed in"),
    "sign-in-refused": N("Sign-in refused"),
    "user-added": N("User added"),
    "user-renamed": N("User renamed"),
    "user-deleted": N("User deleted"),
    "user-disabled": N("User disabled"),
    "user-enabled": N("User enabled"),
    "user-unlocked": N("Unlocked"),
    "user-reset": N("Authentication reset"),
    "user-methods": N("Methods changed"),
    "user-networks": N("Networks changed"),
    "user-edited": N("User edited"),
    "user-role": N("Role changed"),
    "password-set": N("Password set"),
    "password-removed": N("Password removed"),
    "account-added": N("Account added"),
    "token-recorded": N("Token assigned"),
    "token-lost": N("Token revoked"),
    "backup-codes-made": N("Backup codes made"),
    "code-issued": N("Temporary code issued"),
    "app-password-made": N("App password made"),
    "app-password-revoked": N("App password revoked"),
    "account-removed": N("Account removed"),
    "code-used": N("Code used"),
    "audit-pruned": N("Old entries archived"),
    "heads": N("Ends of the chains recorded"),
    "setting": N("Policy changed"),
}
"""The events of the audit log."""

REASONS = {
    "no-match": N("That code is not the current one. Wait for the next and try again."),
    "used": N("That code was used already. Wait for the next one (up to 30 seconds)."),
    "expired": N("The temporary code has expired. Ask your administrator for a new one."),
    "resync": N("One more code, please: press the button again and enter the next code."),
    "network": N(
        "You cannot sign in from this network. Use your organisation's network, or ask your administrator."
    ),
    "origin": N("There were too many refused attempts from your network. Wait some minutes and try again."),
    "method": N("This method is not allowed for you. Choose another."),
    "disabled": N("This user is disabled. Ask your administrator."),
    "locked": N("Sign-in is locked after {n} codes that did not match. Ask your administrator to unlock it."),
}
"""Why a code was not accepted, for users who are signed in."""

WAIT = N("Please wait {n} seconds, then try a new code.")
