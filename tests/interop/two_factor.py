"""A django-two-factor-auth site in a browser: set up by the QR code on its page, signed in to by the token.

The token's HID reports become key events in the field that has the focus; its Enter sends the form.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from interop.chromium import Browser, Page, browser
from interop.desk import Desk
from interop.keys import events
from interop.report import Report, Row, Trap, said
from interop.serving import LOOPBACK, serving, version_of
from interop.venvs import python, version_in
from keyboards.xkb import Host
from ticktap.formats import qr_code
from ticktap.otp.account import Account

VENV = "two-factor"
NAME = "django-two-factor-auth, Chromium"
NAMES = (NAME,)
SITE = Path(__file__).parent / "sites" / "two_factor_site.py"
CODE_FIELD = "input[name$=token]"
KEYPAD = range(0x59, 0x63)  # usages of 1 to 9 and 0
NEXT = 'button[type="submit"].btn-primary'


def report(desk: Desk, folder: Path) -> Report:
    """Sets up and signs in two people, one of them with a French keyboard; two more step into the traps."""
    version = f"{version_in(VENV, 'django-two-factor-auth')}, Chromium {version_of('chromium')}"
    password = secrets.token_hex(8)
    with site(folder, password) as address, browser() as running:
        alice, bob, carol, dora = (
            Person(running, address, name, password, desk, Host(layout, num_lock=True))
            for name, layout in (("alice", "us"), ("bob", "fr"), ("carol", "us"), ("dora", "us"))
        )
        people = [alice, bob]
        row = Row(NAME, version, "QR code on its page", len(people), sum(each.settles() for each in people))
        traps = [Trap(NAME, *seen) for seen in (_set_up_twice(carol), _in_a_hurry(dora))]
        return Report([row], traps)


def _set_up_twice(person: Person) -> tuple[str, str]:
    confirming = person.set_up()
    return "the code that confirmed the set-up, at the first sign-in", said(person.signs_in(confirming))


def _in_a_hurry(person: Person) -> tuple[str, str]:
    confirming = person.set_up()  # is still good, as the other trap shows
    answers = [said(person.signs_in(each)) for each in (other_first_digit(confirming), confirming)]
    return "a wrong code, and the right one at once after it", ", then ".join(answers)


@contextlib.contextmanager
def site(folder: Path, password: str) -> Iterator[str]:
    """The site's address."""
    arguments = [str(python(VENV)), str(SITE), str(folder)]
    with serving(arguments, r"serving on (\d+)", given=password + "\n") as match:
        yield f"http://{LOOPBACK}:{match[1]}"


class Person:
    """Somebody with the token at the browser. A code is the reports of the keys that type it.

    Args:
        host: what their desktop makes of reports.
    """

    def __init__(
        self, running: Browser, address: str, name: str, password: str, desk: Desk, host: Host
    ) -> None:
        self._browser, self._address, self._name, self._password = running, address, name, password
        self._desk, self._host = desk, host
        self._account: Account | None = None

    def settles(self) -> bool:
        """Sets up, which takes a right code and no wrong one; signs in with a code, and not with it again."""
        self.set_up()
        code = self._desk.strokes(self._account)[0]
        return self.signs_in(code) and not self.signs_in(code)

    def set_up(self) -> list[bytes]:
        """Scans the QR code on the page and confirms it with a first code, which is returned.

        Raises:
            RuntimeError: the site refused the code, or took a wrong one before it.
        """
        page = self._after_password()
        page.go(f"{self._address}/account/two_factor/setup/")
        page.click(NEXT)
        self._account = qr_code.read_account(page.screenshot())
        code, _ = self._desk.strokes(self._account)
        answers = []
        for keys in (other_first_digit(code), code):
            self._types(page, keys)
            answers.append(page.address.endswith("/setup/complete/"))
        if answers != [False, True]:
            raise RuntimeError(f"the site's answers to a wrong and a right code are {answers}")
        return code

    def signs_in(self, code: list[bytes]) -> bool:
        """Whether password and code let this person in; in a browser that knows nobody yet."""
        page = self._after_password()
        self._types(page, code)
        page.go(f"{self._address}/me/")
        return page.text.strip() == f"{self._name} 2"

    def _after_password(self) -> Page:
        page = self._browser.page()
        page.go(f"{self._address}/account/login/")
        page.fill('input[name$="username"]', self._name)
        page.fill('input[name$="password"]', self._password)
        page.click(NEXT)
        return page

    def _types(self, page: Page, code: list[bytes]) -> None:
        """The token types into what has the focus: the page has put it there, nobody clicks."""
        if not page.evaluate(f"document.activeElement.matches({CODE_FIELD!r})"):
            raise RuntimeError(f"the field for the code has not got the focus: {page.text}")
        page.evaluate("document.activeElement.select()")  # a refused code still stands there
        with page.loading():
            page.press(events(code, self._host))


def other_first_digit(code: list[bytes]) -> list[bytes]:
    """The reports of a wrong code: the first key is another one."""
    first = code[0][2]
    other = next(key for key in KEYPAD if all(key not in report[2:] for report in code))
    return [report[:2] + bytes(other if key == first else key for key in report[2:]) for report in code]
