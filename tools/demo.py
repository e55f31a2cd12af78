"""`make demo`: from a QR picture to a verified code with a virtual token, explained step by step.

It uses only ordinary commands. The exit code is 0 only if the typed code was verified.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill

TICKTAP = [sys.executable, "-m", "ticktap"]
ACCOUNT = "Example:alice@example.com"
DIGITS = 6
INDENT = " " * 6
LONGEST_WAIT_S = 5
PERSON = sys.stdin.isatty() and sys.stdout.isatty()


class Failed(Exception):
    """A step of the demo failed."""


def say(text: str = "") -> None:
    print(text, flush=True)


def shown(args: list[str]) -> str:
    return "ticktap " + " ".join(args)


def run(*args: str, answer: str = "") -> str:
    """Runs a ticktap command and returns its output. Raises Failed with its error message."""
    done = subprocess.run([*TICKTAP, *args], input=answer, capture_output=True, text=True)
    if done.returncode:
        raise Failed(f"{shown(list(args))}: exit {done.returncode}\n{done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def virtual_token(folder: Path) -> Iterator[tuple[str, str]]:
    """Runs `ticktap simulate --headless`; yields (port, control socket)."""
    port, control = folder / "port", folder / "control"
    command = [*TICKTAP, "--json", "simulate", "--headless", "--port", str(port), "--control", str(control)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            if not json.loads(process.stdout.readline() or "{}").get("ok"):
                raise Failed("the virtual token did not start")
            yield str(port), str(control)
        finally:
            process.terminate()


def press(control: str) -> None:
    """Presses the button: waits for the user, or without a terminal presses it itself."""
    if PERSON:
        input("      >>> Press Enter: that is the button of the virtual token. ")
    else:
        say("      (no terminal: the demo presses the button)")
    run("simulate", "send", control, "press")


def run_with_press(control: str, *args: str) -> None:
    """Runs a command that waits for the button, and prints its messages."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*TICKTAP, *args], stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr and process.stdout
        pressed = False
        for line in process.stderr:
            say(f"      {line.rstrip()}")
            if "press" in line.lower() and not pressed:
                pressed = True
                press(control)
        say(fill(process.stdout.read().strip(), 100, initial_indent=INDENT, subsequent_indent=INDENT))
    if process.returncode:
        raise Failed(f"{shown(list(args))}: exit {process.returncode}")


def typed(control: str) -> str:
    """Clicks, and returns the text that the token types at its host."""
    run("simulate", "send", control, "typed", "clear=true")
    press(control)
    for _ in range(LONGEST_WAIT_S):  # a code about to change is not typed: the token waits for the next
        text: str = json.loads(run("--json", "simulate", "send", control, "typed"))["data"]["typed"]
        if len(text) == DIGITS:
            return text
        run("simulate", "send", control, "advance", "ms=1000")
    raise Failed("the token typed nothing")


def refusal(*args: str, answer: str) -> str:
    """Returns the reason for which a command rejects a code. Raises Failed if it accepts it."""
    done = subprocess.run([*TICKTAP, "--json", *args], input=answer, capture_output=True, text=True)
    if done.returncode != 7:
        raise Failed("a used code was accepted again")
    return json.loads(done.stdout)["error"]["message"]


def draw_qr_code(uri: str, path: Path) -> None:
    """Makes the picture that a site shows."""
    import zxingcpp
    from PIL import Image

    code = zxingcpp.create_barcode(uri, zxingcpp.BarcodeFormat.QRCode)
    Image.fromarray(zxingcpp.write_barcode_to_image(code, scale=6)).save(path)


def story(folder: Path) -> None:
    say("1. Plug in. A virtual token starts: the unchanged firmware on simulated hardware,")
    say("   with a clock chip that has never been set.")
    with virtual_token(folder) as (port, control):
        os.environ["TICKTAP_DEVICE"] = port
        say("\n2. Set its clock.        $ ticktap clock sync")
        say("   A large change of the clock needs a press: whoever can change it can collect future codes.")
        run_with_press(control, "clock", "sync")

        picture = folder / "qr.png"
        secret = base64.b32encode(secrets.token_bytes(20)).decode()
        draw_qr_code(f"otpauth://totp/{ACCOUNT}?secret={secret}&issuer=Example", picture)
        say("\n3. A site shows a QR code with a fresh secret. Enrol from the picture; the press adds")
        say("   the account and proves its first code.   $ ticktap account add --qr qr.png --keep")
        run_with_press(control, "account", "add", "--qr", str(picture), "--keep")

        say("\n4. Sign in. The site asks for the code; click the token.")
        code = typed(control)
        say(f"      The token typed, as a USB keyboard:  {code}")

        say("\n5. Is it right?          $ ticktap verify " + ACCOUNT)
        say(f"      {run('verify', ACCOUNT, answer=code).splitlines()[0]}")

        say("\n6. The same code again is refused: it has been used.")
        say(f"      {refusal('verify', ACCOUNT, answer=code)}")


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ticktap-demo-") as name:
        os.environ["TICKTAP_HOME"] = name
        try:
            story(Path(name))
        except (Failed, KeyboardInterrupt, EOFError) as error:
            say(f"\nThe demo failed. {error}")
            return 1
    say("\nThat is the whole path: QR picture, clock, press, typed, verified. With a board on the desk")
    say("the commands are the same; see docs/first-token.md.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
