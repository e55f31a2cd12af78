"""ticktap account add, list, rename, remove, move, default, suffix."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from ticktap.accounts import Account
from ticktap.cli import access, ask, output, session, source
from ticktap.cli.lazy import Group
from ticktap.cli.options import account_argument, refuse_secret, suffix_choice, timeout_option
from ticktap.client import Client
from ticktap.errors import Refused, TicktapError

if TYPE_CHECKING:
    from ticktap.enrolment import Proof
    from ticktap.registry import Registry
    from ticktap.tokens import Token

CLOCK_DOUBT = 3  # seconds; whole seconds on one side and the way here make two of them
Data = dict[str, Any]

account = Group("account", help="Add, list and change the accounts on a token.")


def _list_text(rows: list[Data]) -> str:
    if not any(row["damaged"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "damaged"} for row in rows]
    return output.table(rows) or "No accounts. Add one with 'ticktap account add'."


@account.command("list", text=_list_text)
def list_accounts() -> list[Data]:
    """List the accounts, in the order in which the token chooses."""
    with session.open_accounts() as token:
        return [asdict(each) for each in session.listed(token.client)]


def _added(data: Data) -> str:
    proof = "the token's code is right" if data["proved"] else "not proved (--no-confirm)"
    copy = "; a sealed copy is kept on this computer" if data["kept"] else ""
    return f"Added {data['account']} as number {data['id']}; {proof}{copy}."


@account.command("add", text=_added)
@click.argument("nothing", nargs=-1, metavar="")
@source.qr_option
@click.option("--manual", is_flag=True, help="Ask for issuer, name and secret.")
@click.option("--issuer", help="Use this issuer, not the one that comes with the account.")
@click.option("--name", help="Use this name, not the one that comes with the account.")
@click.option("--suffix", type=suffix_choice, help="The key to press after the code.")
@click.option("--default", "make_default", is_flag=True, help="Make it the account that a click types.")
@click.option("--keep", is_flag=True, help="Keep a sealed copy on this computer, for 'ticktap verify'.")
@click.option("--no-confirm", is_flag=True, help="Ask nothing and do not prove it; for batches.")
@click.option("--force", is_flag=True, help="Add it even if one of this name is there.")
def add(
    nothing: tuple[str, ...],
    qr: str | None,
    manual: bool,
    issuer: str | None,
    name: str | None,
    suffix: str | None,
    make_default: bool,
    keep: bool,
    no_confirm: bool,
    force: bool,
) -> Data:
    """Add an account, and prove that the token makes its codes.

    Asks for the otpauth URI behind the site's QR code, or reads it from standard input. Then press the button
    once: that adds it. The token's first code is checked here, and an account that does not check is taken
    off again.
    """
    _refuse_arguments(nothing)
    new = source.with_changes(source.one_of(qr, manual), issuer=issuer, name=name, suffix=suffix)
    for warning in new.warnings():
        output.note(warning)
    with ExitStack() as stack:
        token = stack.enter_context(session.open_accounts())
        registry = stack.enter_context(_registry()) if keep else None
        if not force:
            _refuse_twin(token.client, new, unasked=no_confirm)
        number, proof = _put(token, new, unproved=no_confirm)
        if make_default:
            token.client.default(number)
        if registry:
            _keep(registry, new, token.hello["serial"], number, proof)
    return {
        "id": number,
        "account": new.label,
        "proved": not no_confirm,
        "kept": keep,
        "default": make_default,
        "warnings": new.warnings(),
    }


def _registry() -> Registry:
    from ticktap.registry import Registry

    return Registry.open()


def _put(token: Token, new: Account, unproved: bool) -> tuple[int, Proof | None]:
    """Adds an account; returns its number on the token, and what its proof showed."""
    from ticktap import clock, enrolment

    if unproved:
        access.to_change(token)
        return token.client.add(new.to_params()), None
    enrolment.require_clock(token.client, new)
    access.as_owner(token)
    number, proof = enrolment.enrol(
        token.client, new, lambda: session.ask_for_press(why=f" to add {new.label}")
    )
    off = 0 if proof.unix is None else proof.unix - int(clock.SystemTime().time())
    if abs(off) > CLOCK_DOUBT:
        output.note(f"The token's clock is {off:+d} s from this computer's: 'ticktap clock sync' sets it.")
    return number, proof


def _keep(registry: Registry, new: Account, serial: str, number: int, proof: Proof | None) -> None:
    try:
        row = registry.keep(new, serial, number)
        if proof and proof.counter is not None:
            registry.record_use(row, proof.counter)
    except TicktapError as error:
        error.remedy = f"The account is on the token, but no copy was kept. {error.remedy}"
        raise


def _refuse_arguments(arguments: tuple[str, ...]) -> None:
    for each in arguments:
        refuse_secret(each)
    if arguments:
        raise click.UsageError(
            "account add takes no arguments: it asks for the otpauth URI, or reads it from stdin"
        )


def _refuse_twin(client: Client, new: Account, unasked: bool) -> None:
    same = [each for each in session.listed(client) if (each.issuer, each.name) == (new.issuer, new.name)]
    if not same:
        return
    found = f"{new.label} is on the token already (number {same[0].id})"
    remedy = f"Give another --name, remove number {same[0].id}, or use --force."
    if unasked:
        raise Refused(found, remedy)
    ask.agree(f"{found}. Add another of that name?", remedy)


@account.command("rename", text=lambda data: f"{data['was']} is called {data['account']} now.")
@account_argument
@click.option("--issuer", help="The new issuer.")
@click.option("--name", help="The new name.")
def rename(account: str, issuer: str | None, name: str | None) -> Data:
    """Change the issuer or the name of an account."""
    from ticktap.accounts import label

    if issuer is None and name is None:
        raise click.UsageError("give --issuer, --name or both")
    with session.open_accounts() as token:
        chosen = session.pick(token.client, account)
        issuer = chosen.issuer if issuer is None else issuer
        name = chosen.name if name is None else name
        access.to_change(token)
        token.client.rename(chosen.id, issuer, name)
        return {"id": chosen.id, "was": chosen.label, "account": label(issuer, name)}


@account.command("remove", text=lambda data: f"{data['account']} is off the token.")
@account_argument
@click.option("--force", is_flag=True, help="Do not ask; the press is still needed.")
@timeout_option
def remove(account: str, force: bool, timeout: int) -> Data:
    """Take an account off the token, after a press. Its secret cannot be had back from the token."""
    with session.open_accounts() as token:
        chosen = session.pick(token.client, account)
        if not force:
            ask.agree(f"Remove {chosen.label} (number {chosen.id}) from the token for good?", "Use --force.")
        access.as_owner(token)
        session.ask_for_press(timeout, f" to remove {chosen.label}")
        token.client.remove(chosen.id, timeout)
        return {"id": chosen.id, "account": chosen.label}


@account.command(
    "move", text=lambda data: f"{data['account']} is number {data['position']} in the order now."
)
@account_argument
@click.argument("position", type=click.IntRange(min=1))
def move(account: str, position: int) -> Data:
    """Move an account to POSITION in the order in which the token chooses; 1 is the first."""
    with session.open_accounts() as token:
        chosen = session.pick(token.client, account)
        access.to_change(token)
        token.client.move(chosen.id, position)
        return {"id": chosen.id, "account": chosen.label, "position": position}


@account.command("default", text=lambda data: f"A click types {data['account']} now.")
@account_argument
def default(account: str) -> Data:
    """Make this the account that a click types."""
    with session.open_accounts() as token:
        chosen = session.pick(token.client, account)
        access.to_change(token)
        token.client.default(chosen.id)
        return {"id": chosen.id, "account": chosen.label}


@account.command(
    "suffix", text=lambda data: f"After the code of {data['account']} the token presses: {data['suffix']}."
)
@account_argument
@click.argument("suffix", type=suffix_choice)
def suffix(account: str, suffix: str) -> Data:
    """Choose the key to press after the code."""
    with session.open_accounts() as token:
        chosen = session.pick(token.client, account)
        access.to_change(token)
        token.client.set_suffix(chosen.id, suffix)
        return {"id": chosen.id, "account": chosen.label, "suffix": suffix}
