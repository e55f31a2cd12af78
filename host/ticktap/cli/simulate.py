"""ticktap simulate: runs a token without hardware, at a terminal or for scripts. simulate send controls it.

This file starts the token of ticktap.simulator, and simulator_ui.py shows it.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import JSON, Group
from ticktap.device import simulated_ports
from ticktap.errors import BadInput

if TYPE_CHECKING:
    from ticktap.device.simulated_ports import Running
    from ticktap.simulator.real_time import RealTimeToken

Data = dict[str, Any]
_FILE = click.Path(path_type=Path)


@click.group("simulate", cls=Group, invoke_without_command=True)
@click.option(
    "--headless", is_flag=True, help="No display and no keys; runs until interrupted or 'send quit'."
)
@click.option("--port", type=_FILE, metavar="PATH", help="Path of the link to the token's port.")
@click.option("--control", type=_FILE, metavar="PATH", help="Path of the socket for 'ticktap simulate send'.")
@click.option("--state", type=_FILE, metavar="FILE", help="Keep the token's memory and clock in this file.")
@click.option("--serial", metavar="HEX", help="Its serial number, 16 hexadecimal digits.")
@click.option("--screen", is_flag=True, help="Add a screen of 128x32 pixels: two lines of text.")
@click.option("--maintenance", is_flag=True, help="Plug it in with the button held.")
@click.pass_context
def simulate(
    ctx: click.Context,
    headless: bool,
    port: Path | None,
    control: Path | None,
    state: Path | None,
    serial: str | None,
    screen: bool,
    maintenance: bool,
) -> None:
    """Run a simulated token: the unchanged firmware on simulated parts, in real time.

    Other commands find it by themselves, and with several it is chosen with --device. At a terminal the space
    bar is its button, and its memory and clock go on from run to run; a headless one starts new each time
    unless --state is given.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not headless and not sys.stdin.isatty():
        raise BadInput("there is no terminal to show the token on", "Use --headless.")
    states = [state] if state or headless else _own_states()
    with ExitStack() as stack:
        live = _start(stack, port, control, states, maintenance, _uid(serial) | _oled(screen))
        if headless:
            _end_on_signals(live)
            _announce(live, control, bool(ctx.meta.get(JSON)))
            while not live.finished.wait(1.0):
                pass  # short waits let Python handle signals on every system
        else:
            from ticktap.cli.simulator_ui import SimulatorUi

            SimulatorUi(live).show()


def _own_states() -> Iterator[Path]:
    """Yields the state files for tokens at a terminal: the default, and others for further tokens."""
    from ticktap.files.paths import data_dir

    folder = data_dir()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    yield folder / "simulated-token"
    for number in range(2, simulated_ports.MOST + 1):
        yield folder / f"simulated-token-{number}"


def _uid(serial: str | None) -> Data:
    """Returns the serial number for RealTimeToken; nothing for the default."""
    try:
        return {} if serial is None else {"serial": bytes.fromhex(serial)}
    except ValueError:
        raise BadInput("a serial number has 16 hexadecimal digits", "For example: DE6348109F2A4C17") from None


def _oled(screen: bool) -> Data:
    """Returns a screen for RealTimeToken, and the firmware's setting for it."""
    return {"oled": (128, 32), "settings": {"TICKTAP_SCREEN": "128x32"}} if screen else {}


def _start(
    stack: ExitStack,
    port: Path | None,
    control: Path | None,
    states: Iterable[Path | None],
    maintenance: bool,
    more: Data,
) -> RealTimeToken:
    """Starts the token with the first free file of `states`, and registers it for other commands."""
    from ticktap.simulator.control import ControlServer

    with simulated_ports.starting():
        others = simulated_ports.running()
        number = simulated_ports.free_number()
        link = port or simulated_ports.link(number)
        live = stack.enter_context(_first_free(states, link, _unused_serial(others) | more))
        serial = live.do(lambda token: token.serial)
        if twin := next((each for each in others if each.serial == serial), None):
            raise BadInput(
                f"a simulated token with the serial number {serial} is running already (port {twin.port})",
                "Stop that one first, or give this one another number with --serial or another --state.",
            )
        stack.callback(simulated_ports.register(number, serial, link).close)
    if maintenance:
        live.do(lambda token: token.unplug())
        live.do(lambda token: token.plug(maintenance=True))
    live.wait_for_port()
    if control is not None:
        stack.callback(ControlServer(live, control).close)
    return live


def _first_free(states: Iterable[Path | None], link: Path, more: Data) -> RealTimeToken:
    from ticktap.simulator.real_time import RealTimeToken
    from ticktap.simulator.statefile import StateInUse

    in_use: StateInUse | None = None
    for state in states:
        try:
            return RealTimeToken.start(link=link, state=state, **more)
        except StateInUse as error:
            in_use = error
    assert in_use is not None  # there is always at least one state
    raise in_use


def _unused_serial(others: Sequence[Running]) -> Data:
    """Returns the serial number for a new token: the default, or the next free one."""
    from ticktap.simulator.token import SERIAL

    taken = {each.serial for each in others}
    number = int.from_bytes(SERIAL, "big")
    while (serial := number.to_bytes(len(SERIAL), "big")).hex().upper() in taken:
        number += 1
    return {"serial": serial}


def _announce(live: RealTimeToken, control: Path | None, as_json: bool) -> None:
    """Prints the token's port as soon as it is reachable; scripts wait for this line."""
    where = {"port": live.path, "control": None if control is None else str(control)}
    output.result("simulate", where, as_json=as_json)
    sys.stdout.flush()


def _end_on_signals(live: RealTimeToken) -> None:
    """Makes Ctrl-C and a termination signal end the token cleanly, like "quit"."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: live.finished.set())


def _arguments(words: tuple[str, ...]) -> Data:
    """Parses NAME=VALUE words; values that are JSON (numbers, true, false) are decoded."""
    arguments = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise BadInput(
                f"{word!r} is not NAME=VALUE", "For example: ticktap simulate send PATH press ms=100"
            )
        try:
            arguments[name] = json.loads(value)
        except ValueError:
            arguments[name] = value
    return arguments


@simulate.command("send", text=lambda data: output.plain(data) if data else "")
@click.argument("control", type=_FILE)
@click.argument("command")
@click.argument("arguments", nargs=-1, metavar="[NAME=VALUE]...")
def send(control: Path, command: str, arguments: tuple[str, ...]) -> Data:
    """Control a token that was started with --control.

    \b
    press, hold    button=1 ms=60
    plug           maintenance=false
    unplug
    advance        ms=30000
    leds           num_lock=true caps_lock=false reports=true
    typed          clear=false
    status
    quit
    """
    from ticktap.simulator.control import send

    return send(control, {"do": command, **_arguments(arguments)})
