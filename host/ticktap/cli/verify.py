"""ticktap verify: checks a code and explains a wrong one. It needs the secret, but no token."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import account_source, copy_options, verify_user
from ticktap.cli.framework import prompts
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import AccountName, refuse_secret
from ticktap.cli.framework.registry_choice import is_there, open_registry, registry_options
from ticktap.errors import BadInput, NotFound, NotVerified

if TYPE_CHECKING:
    from ticktap.otp.account import Account
    from ticktap.otp.code_check import Verdict
    from ticktap.registry import Registry, StoredAccount

Data = dict[str, Any]

_REMEDIES = {
    "empty": "Give the code on standard input or at the prompt.",
    "used": "Wait for the next code and use that.",
    "early": "Set the token's clock with 'ticktap clock sync', if this computer's clock is right.",
    "late": "Set the token's clock with 'ticktap clock sync', if this computer's clock is right.",
    "period": "Enrol the account again with the site's parameters.",
    "algorithm": "Enrol the account again with the site's parameters.",
    "digits": "Enrol the account again with the site's parameters.",
    "type": "Enrol the account again with the site's parameters.",
    "counter": "Resynchronise at the site: most sites ask for two codes in a row.",
    "other-account": "Choose the right account on the token, or set it as the default.",
}
_USUAL = "Press again and give the new code; check that it arrived completely."


class CodeRejected(NotVerified):
    """A wrong code; `data` has the details."""

    text = staticmethod(lambda data: "")

    def __init__(self, data: Data) -> None:
        super().__init__(data["message"], _REMEDIES.get(data["reason"], _USUAL))
        self.data = data


def _uri(ctx: click.Context, param: click.Parameter, value: str | None) -> bool:
    if value not in (None, "-"):
        refuse_secret(value)
        raise BadInput(
            "--uri accepts only -", "Give the URI on the first line of standard input, then the code."
        )
    return value is not None


def _text(data: Data) -> str:
    return str(data["message"]) if "user" in data else f"{data['account']}: {data['message']}."


@click.command("verify", cls=Command, text=_text)
@click.argument("account", type=AccountName(), required=False)
@account_source.qr_option
@click.option("--uri", callback=_uri, metavar="-", help="Read the account's otpauth URI from standard input.")
@click.option(
    "--window",
    type=click.IntRange(0, 100),
    default=1,
    show_default=True,
    help="Accepted steps early or late.",
)
@click.option(
    "--look-ahead", type=click.IntRange(0, 1000), default=10, show_default=True, help="HOTP: codes ahead."
)
@click.option("--user", metavar="NAME", help="Sign in a user of the registry.")
@click.option("--pam", is_flag=True, help="Sign in the user and code from pam_exec.")
@click.option(
    "--service", default="", metavar="LABEL", help="With --user: the label of accepted app passwords."
)
@click.option("--from", "origin", default="", metavar="ADDRESS", help="With --user: where from.")
@registry_options
def verify(
    account: str | None,
    qr: str | None,
    uri: bool,
    window: int,
    look_ahead: int,
    user: str | None,
    pam: bool,
    service: str,
    origin: str,
) -> Data:
    """Check a code, and explain a wrong one; or sign in a user.

    The code comes from standard input or a prompt. The secret comes from the copy that 'account add --keep'
    left on this computer, or from the QR code or URI given again. Exit code 7 when the code is wrong.

    With --user (or --pam) it is checked against all of the user's accounts, backup codes and app passwords.
    Wrong codes are counted, too many lock the user, and each attempt is in the audit log ('ticktap audit
    show').
    """
    limits = {"window": window, "look_ahead": look_ahead}
    if sum(map(bool, (account, qr, uri, user, pam))) != 1:
        raise click.UsageError("give one of ACCOUNT, --qr, --uri, --user and --pam")
    if pam:
        return verify_user.through_pam(service)
    if user:
        return verify_user.of_user(user, service, origin)
    if account:
        return _kept(account, limits)
    given = account_source.from_picture(qr) if qr else account_source.from_prompt()
    return _answer(given, _judge(given, prompts.line("Code"), (), limits))


def _kept(name: str, limits: dict[str, int]) -> Data:
    if not is_there() and "TICKTAP_REGISTRY" not in os.environ:
        raise NotFound("no account is kept on this computer", copy_options.ENROL_AGAIN)
    with open_registry() as registry:
        everything = registry.all()
        kept = copy_options.find(registry, name)
        others = [each.account for each in everything if each.row != kept.row]
        known = {"last_used": kept.last_used, "drift": kept.drift}
        verdict = _judge(kept.account, prompts.line("Code"), others, {**limits, **known})
        spent = _spent(registry, kept, verdict)
    if spent.ok and spent.offset is not None and kept.account.type != "hotp":
        from ticktap.clock.history import record_code

        steps = kept.drift + spent.offset
        record_code(kept.token, steps, kept.account.period, int(time.time()))
    return _answer(kept.account, spent)


def _judge(account: Account, code: str, others: Sequence[Account], known: dict[str, Any]) -> Verdict:
    from ticktap.clock import sync
    from ticktap.otp import code_check

    now = sync.checked_host_time(sync.SystemTime())
    return code_check.explain(account, code, int(now), others, **known)


def _spent(registry: Registry, kept: StoredAccount, verdict: Verdict) -> Verdict:
    """Records the code as used, and returns the verdict; another program may have used it first."""
    from dataclasses import replace

    if not verdict.ok or verdict.counter is None:
        return verdict
    drift = None if kept.account.type == "hotp" else kept.drift + (verdict.offset or 0)
    if registry.record_use(kept.row, verdict.counter, drift):
        return verdict
    return replace(verdict, ok=False, reason="used", message="this code was used already")


def _answer(account: Account, verdict: Verdict) -> Data:
    data = {
        "account": account.label,
        "verified": verdict.ok,
        "reason": verdict.reason,
        "message": verdict.message,
        "counter": verdict.counter,
        "offset": verdict.offset,
    }
    if not verdict.ok:
        raise CodeRejected(data)
    return data
