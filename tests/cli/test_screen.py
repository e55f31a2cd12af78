"""--screen and --clipboard on a real X server: Xvfb, whose screen is a file that the test draws into."""

import io
import os
import subprocess

import PIL.Image
import pytest
import segno

from cli.command import URI
from formats import writers, writing
from formats.people import ALICE, BOB

SIZE = 1280, 800
HEADER = 160 + 256 * 12  # bytes of an X window dump before its pixels: header and colour map


class Desktop:
    """An X server."""

    def __init__(self, folder):
        self.folder = folder
        reader, writer = os.pipe()
        screen = f"{SIZE[0]}x{SIZE[1]}x24"
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", screen, "-fbdir", folder, "-nolisten", "tcp"],
            pass_fds=[writer],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writer)
        with os.fdopen(reader) as file:
            number = file.readline().strip()
        assert number, "Xvfb did not start"
        self.environment = {"DISPLAY": f":{number}"}

    def show(self, picture):
        """Draws on the screen."""
        whole = PIL.Image.new("RGB", SIZE, (30, 34, 40))
        whole.paste(picture, (800, 300))
        with (self.folder / "Xvfb_screen0").open("r+b") as file:
            file.seek(HEADER)
            file.write(whole.tobytes("raw", "BGRX"))

    def copy(self, data, kind):
        """Puts something into the clipboard."""
        command = ["xclip", "-selection", "clipboard", "-target", kind, "-in"]
        subprocess.run(
            command,
            input=data,
            env=os.environ | self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self):
        """Ends it, and with it the program that holds the clipboard."""
        self.process.terminate()
        self.process.wait()


@pytest.fixture
def desktop(tmp_path):
    """An X server with nothing on its screen and in its clipboard."""
    folder = tmp_path / "screen"
    folder.mkdir()
    started = Desktop(folder)
    yield started
    started.close()


def picture(*texts):
    """Their QR codes in one picture."""
    codes = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, micro=False).save(out, kind="png", scale=3, border=4)
        codes.append(PIL.Image.open(out).convert("RGB"))
    whole = PIL.Image.new(
        "RGB", (sum(each.width for each in codes), max(each.height for each in codes)), "white"
    )
    at = 0
    for each in codes:
        whole.paste(each, (at, 0))
        at += each.width
    return whole


def png(image):
    out = io.BytesIO()
    image.save(out, "png")
    return out.getvalue()


def test_the_code_on_the_screen_is_added(ticktap, token, desktop):
    desktop.show(picture(URI))
    done = ticktap("account", "add", "--screen", **desktop.environment)
    assert (done.code, done.out.splitlines()[0]) == (0, "Added Example:alice as number 1."), done.err


def test_all_codes_on_the_screen_are_imported(ticktap, token, desktop):
    desktop.show(picture(writing.uri(ALICE), writing.uri(BOB)))
    done = ticktap("account", "import", "--screen", "--json", **desktop.environment)
    assert done.code == 0, done.err
    assert sorted(each["account"] for each in done.data["added"]) == sorted([ALICE.label, BOB.label])


def test_an_empty_screen_is_said_to_be_one(ticktap, token, desktop):
    done = ticktap("account", "add", "--screen", **desktop.environment)
    assert done.code == 2
    assert "no readable QR code" in done.err


def test_a_copied_picture(ticktap, token, desktop):
    desktop.copy(png(picture(URI)), "image/png")
    done = ticktap("account", "add", "--clipboard", **desktop.environment)
    assert done.code == 0, done.err


def test_a_copied_text(ticktap, token, desktop):
    desktop.copy(f"  {URI}\n".encode(), "UTF8_STRING")
    done = ticktap("account", "add", "--clipboard", **desktop.environment)
    assert done.code == 0, done.err
    desktop.copy(writers.uris([ALICE, BOB]), "UTF8_STRING")
    done = ticktap("account", "import", "--clipboard", **desktop.environment)
    assert done.code == 0, done.err


def test_an_empty_clipboard(ticktap, token, desktop):
    done = ticktap("account", "add", "--clipboard", **desktop.environment)
    assert done.code == 2
    assert "neither a picture nor text" in done.err


def test_a_screen_that_is_not_there(ticktap, token):
    done = ticktap("account", "add", "--screen", DISPLAY=":9999")
    assert done.code == 1
    assert "cannot be captured" in done.err
