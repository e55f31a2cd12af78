"""The scenes: each is a function that takes its player."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import demo

from .castfile import Cast
from .recorder import Answer, Player
from .stage import FIRST_SERIAL, stage

ACCOUNT = "Example:alice"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECOND_SERIAL = "DE63481A07B95C22"
BOX = "user,account,label\nalice,Example:alice,A-001\nbob,Example:bob,A-002\n"

PRESS: Answer = ("Press the button", Player.allow)
CLICK: Answer = ("Code: ", Player.click)
PICTURE = "picture.png"
ENROL = f"ticktap account add --qr {PICTURE} --keep"
VERIFY = f"ticktap verify {ACCOUNT}  # a click types it"


def _picture(player: Player) -> None:
    uri = f"otpauth://totp/{ACCOUNT}?secret={SECRET}&issuer=Example"
    demo.draw_qr_code(uri, player.stage.home / PICTURE)


def _in_use(player: Player) -> None:
    """A token with a right clock and an account."""
    _picture(player)
    player.offstage("ticktap clock sync", PRESS)
    player.offstage(ENROL, PRESS)


def first_token(player: Player) -> None:
    _picture(player)
    player.run("ticktap clock sync  # press when it says so", PRESS)
    player.run(ENROL, PRESS)
    player.run(VERIFY, CLICK)


def watch(player: Player) -> None:
    def ask(player: Player) -> None:
        player.rest(1.5)
        player.keys("\r")

    def leave(player: Player) -> None:
        player.rest(2.5)
        player.curtain()  # the last picture is that with the code
        player.keys("q")

    _in_use(player)
    player.run(
        "ticktap watch",
        ("left in this step", ask),
        PRESS,
        ("expires in", leave),
    )


def provision(player: Player) -> None:
    def token(serial: str) -> list[Answer]:
        def plug(player: Player) -> None:
            player.stage.plug(serial)

        def press(player: Player) -> None:
            player.allow(serial)

        def press_twice(player: Player) -> None:
            player.allow(serial, 2)

        def unplug(player: Player) -> None:
            player.stage.unplug(serial)

        return [
            ("Plug in a new token", plug),
            ("is ready", press),
            ("to become its owner", press_twice),
            ("to add Example", press),
            ("Unplug", unplug),
        ]

    for serial in (FIRST_SERIAL, SECOND_SERIAL):
        player.stage.unplug(serial)
    (player.stage.home / "box.csv").write_text(BOX)
    player.show("box.csv")
    player.run("ticktap provision box.csv --dry-run")
    player.run("ticktap provision box.csv", *token(FIRST_SERIAL), *token(SECOND_SERIAL))


def doctor(player: Player) -> None:
    _in_use(player)
    player.stage.flat_cell()
    player.press()
    player.note("a new coin cell, a click: nothing is typed")
    player.run("ticktap doctor", ends=9)
    player.run("ticktap clock sync", PRESS)
    player.run(VERIFY, CLICK)


@dataclass(frozen=True)
class Scene:
    """`rows` of the terminal; `title` says what happens, for those who do not see it."""

    title: str
    rows: int
    play: Callable[[Player], None]
    serials: tuple[str, ...] = (FIRST_SERIAL,)


SCENES = {
    "first-token": Scene(
        "A terminal: a token's clock is set, an account is added from a picture of a QR code, and the code "
        "that the token types is verified.",
        18,
        first_token,
    ),
    "watch": Scene(
        "A terminal: a live view of a token; after a press it shows the code in large digits.", 20, watch
    ),
    "provision": Scene(
        "A terminal: a list of two users; what would be done; then two tokens become theirs, with three "
        "presses each.",
        30,
        provision,
        (FIRST_SERIAL, SECOND_SERIAL),
    ),
    "doctor": Scene(
        "A terminal: a click typed nothing; ticktap doctor says that the clock is not to be trusted, and "
        "what to do; after a sync the code is right.",
        32,
        doctor,
    ),
}


def record(scene: Scene) -> Cast:
    """Plays a scene."""
    with stage(*scene.serials) as built:
        player = Player(built, scene.rows)
        scene.play(player)
        return player.cast(scene.title)
