"""ticktap account add: adds an account to one or several tokens, and checks each one's first code."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import account_source, copy_options
from ticktap.cli.framework import device_access, device_session, output, prompts
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import refuse_secret, suffix_choice
from ticktap.errors import Refused, TicktapError
from ticktap.otp.account import Account, normal

if TYPE_CHECKING:
    from ticktap.device.token_choice import Token
    from ticktap.enrolment.prove import Proof
    from ticktap.registry import Registry

CLOCK_DOUBT = 3  # seconds; rounding and transmission account for two of them
Data = dict[str, Any]

_FINISH = "Now enter a code at the site: the enrolment is complete when the site has accepted it."
_NO_COPY = (
    "There is no copy of it: if the token is lost, only the site can help. "
    "--backup FILE also saves it in an encrypted backup."
)
_FIRST = (
    "A token never gives a secret back. If you lose it without a backup, you must enrol again at each site, "
    "or you are locked out there."
)


def _added(data: Data) -> str:
    lines = [f"Added {data['account']} as number {data['id']}."]
    lines += [f"On the token {each['serial']} it has number {each['id']}." for each in data["second_tokens"]]
    if data["proved"]:
        lines.append("The token's first code matches the secret. " + _FINISH)
    else:
        lines.append("Its first code was not checked (--no-confirm). " + _FINISH)
    if data["kept"]:
        lines.append("An encrypted copy is kept on this computer.")
    if data["backup"]:
        lines.append(f"The backup {data['backup']} contains it.")
    if not data["kept"] and not data["backup"]:
        lines.append(_NO_COPY)
    return "\n".join(lines)


@click.command("add", cls=Command, text=_added)
@click.argument("nothing", nargs=-1, metavar="")
@account_source.qr_option
@account_source.screen_option
@account_source.clipboard_option
@click.option("--manual", is_flag=True, help="Ask for issuer, name and secret.")
@click.option("--issuer", help="Replace the issuer.")
@click.option("--name", help="Replace the name.")
@click.option("--suffix", type=suffix_choice, help="The key to press after the code.")
@click.option("--default", "make_default", is_flag=True, help="Make it the default account.")
@copy_options.also_option
@copy_options.keep_option
@copy_options.backup_option
@click.option("--no-confirm", is_flag=True, help="Skip all questions and the check of its code; for batches.")
@click.option("--force", is_flag=True, help="Add it even if the token has an account of this name.")
def add(
    nothing: tuple[str, ...],
    qr: str | None,
    screen: bool,
    clipboard: bool,
    manual: bool,
    issuer: str | None,
    name: str | None,
    suffix: str | None,
    make_default: bool,
    also: tuple[str, ...],
    keep: bool,
    backup: Path | None,
    no_confirm: bool,
    force: bool,
) -> Data:
    """Add an account, and check its first code.

    Asks for the otpauth URI of the site's QR code, or for the secret that the site shows (then also for
    issuer and name), or reads them from standard input. Then press the button to add it. The token's first
    code is checked on this computer; if it is wrong, the account is removed again. Then enter a code at the
    site to complete the enrolment. With --also the account is added to all of the tokens or to none.
    """
    _refuse_arguments(nothing)
    given = account_source.one_of(qr, manual, screen, clipboard, issuer, name)
    new = account_source.with_changes(given, issuer=issuer, name=name, suffix=suffix)
    for warning in new.warnings():
        output.note(warning)
    with ExitStack() as stack:
        opened = stack.enter_context(device_session.open_second_tokens(also))
        if not (keep or backup or no_confirm):
            backup = _offer_backup(opened[0])
        registry = stack.enter_context(copy_options.registry()) if keep else None
        saved = copy_options.BackupFile.open(backup) if backup else None
        for token in opened:
            device_access.may_have_secret(token, unasked=no_confirm)
            if not force:
                _refuse_duplicate(token, new, unasked=no_confirm)
        placed = put(opened, new, unproved=no_confirm)
        for token, (number, proof) in zip(opened, placed, strict=True):
            if make_default:
                token.client.default(number)
            if registry:
                _keep(registry, new, token.hello["serial"], number, proof)
        if saved:
            saved.add([new])
    ids = [{"serial": t.hello["serial"], "id": n} for t, (n, _) in zip(opened, placed, strict=True)]
    return {
        "id": ids[0]["id"],
        "account": new.label,
        "proved": not no_confirm,
        "kept": keep,
        "backup": str(backup) if backup else None,
        "second_tokens": ids[1:],
        "default": make_default,
        "warnings": new.warnings(),
    }


def _offer_backup(token: Token) -> Path | None:
    """Offers a backup at a terminal before the token's first account; returns its file."""
    as_json = click.get_current_context().meta.get(JSON)
    if as_json or not sys.stdin.isatty() or token.client.status()["accounts"]:
        return None
    output.note(_FIRST)
    if not prompts.yes("Keep an encrypted backup on this computer?"):
        return None
    usual = Path.home() / "ticktap.backup"
    return Path(prompts.line(f"File of the backup [{usual}]") or usual).expanduser()


def put(opened: Sequence[Token], new: Account, unproved: bool = False) -> list[tuple[int, Proof | None]]:
    """Adds an account; returns its number and its proof for each token."""
    from ticktap.enrolment import prove

    if unproved:
        for token in opened:
            device_access.to_change(token, device_session.named(token, opened))
        return [(token.client.add(new.to_params()), None) for token in opened]
    for token in opened:
        prove.require_clock(token.client, new)
        device_access.as_owner(token)
    done = prove.enrol_on_all(
        [token.client for token in opened],
        new,
        lambda at: device_access.for_press(
            opened[at], f" to add {new.label}", which=device_session.named(opened[at], opened)
        ),
    )
    for _, proof in done:
        _warn_about_clock(proof)
    return list(done)


def _warn_about_clock(proof: Proof) -> None:
    from ticktap.clock import sync

    off = 0 if proof.unix is None else proof.unix - int(sync.SystemTime().time())
    if abs(off) > CLOCK_DOUBT:
        output.note(f"The token's clock is {off:+d} s from this computer's: 'ticktap clock sync' sets it.")


def _keep(registry: Registry, new: Account, serial: str, number: int, proof: Proof | None) -> None:
    try:
        row = registry.keep(new, serial, number)
        if proof and proof.counter is not None:
            registry.record_use(row, proof.counter)
    except TicktapError as error:
        error.remedy = f"The account is on the token, but its copy was not stored. {error.remedy}"
        raise


def _refuse_arguments(arguments: tuple[str, ...]) -> None:
    for each in arguments:
        refuse_secret(each)
    if arguments:
        raise click.UsageError(
            "account add takes no arguments: it asks for the otpauth URI or the secret, or reads it from "
            "standard input"
        )


def _refuse_duplicate(token: Token, new: Account, unasked: bool) -> None:
    listed = device_session.listed(token.client)
    same = [each for each in listed if (normal(each.issuer), normal(each.name)) == (new.issuer, new.name)]
    if not same:
        return
    found = f"{new.label} is already on the token (number {same[0].id})"
    remedy = f"Give another --name, remove number {same[0].id}, or use --force."
    if unasked:
        raise Refused(found, remedy)
    prompts.confirm(f"{found}. Add another account of that name?", remedy)
