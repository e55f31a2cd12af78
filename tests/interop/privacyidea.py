"""privacyIDEA on the loopback interface: fed with our OATH CSV and PSKC, asked over its HTTP interface."""

from __future__ import annotations

import contextlib
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from interop.desk import Accepts, Desk
from interop.people import BOB, DORA, EVERYONE
from interop.report import Report, Row, Trap, said
from interop.serving import LOOPBACK, serving
from interop.venvs import python, version_in
from ticktap.formats import registry
from ticktap.otp.account import Account

VENV = "privacyidea"
NAME = "privacyIDEA"
NAMES = (NAME,)
SITE = Path(__file__).parent / "sites" / "privacyidea_site.py"
ANSWER_S = 60.0
LISTS = (  # what the table says, target, privacyIDEA's word for it, whether under a password
    ("`csv`", "csv", "oathcsv", False),
    ("`pskc`", "pskc", "pskc", False),
    ("`pskc`, encrypted", "pskc", "pskc", True),
)


def report(desk: Desk, folder: Path) -> Report:
    """Signs in everyone from each kind of list, and steps into the traps."""
    version = version_in(VENV, "privacyIDEA")
    found = Report()
    with server(folder) as running:
        for fed, target, kind, encrypted in LISTS:
            password = secrets.token_hex(8) if encrypted else ""
            fitting = [each for each in EVERYONE if not registry.writer(target).unfit(each)]
            running.load(registry.writer(target).write(fitting, password), kind, password)
            right = sum(desk.signs_in(each, running.checks(at)) for at, each in enumerate(fitting))
            refused = [(each.name, why) for each in EVERYONE if (why := registry.writer(target).unfit(each))]
            found.rows.append(Row(NAME, version, fed, len(EVERYONE), right, refused))
            running.clear(len(fitting))
        found.traps = [Trap(NAME, *seen) for seen in _traps(desk, running)]
    return found


def _traps(desk: Desk, running: Server) -> Iterator[tuple[str, str]]:
    def right_code(account: Account, data: bytes, kind: str) -> str:
        running.load(data, kind)
        accepted = running.checks(0)(desk.click(account))
        running.clear(1)
        return f"imported, and the right code is {said(accepted)}"

    tried = "OATH CSV with a SHA-1 account whose secret has 32 bytes, by hand"
    yield tried, right_code(BOB, registry.writer("csv").write([BOB], ""), "oathcsv")
    plain = registry.writer("pskc").write([DORA], "")
    for suite in ("HMAC-SHA256", "SHA-256"):
        other = plain.replace(b">SHA256<", f">{suite}<".encode())
        yield f"PSKC with `<Suite>{suite}</Suite>`, by hand", right_code(DORA, other, "pskc")


class Server:
    """Requests to a running server, as its administrator."""

    def __init__(self, address: str, password: str) -> None:
        self._address = address
        self._headers: dict[str, str] = {}
        answer = self._ask("POST", "/auth", {"username": "admin", "password": password})
        self._headers = {"Authorization": answer["result"]["value"]["token"]}

    def load(self, data: bytes, kind: str, password: str = "") -> None:
        """Imports a list with the settings that a page of privacyIDEA offers first.

        Raises:
            RuntimeError: it did not take all of it.
        """
        fields = {"type": kind} | ({"password": password} if password else {})
        answer = self._ask("POST", "/token/load/list", fields, data)
        if answer["result"]["value"]["n_not_imported"]:
            raise RuntimeError("privacyIDEA did not import all tokens")

    def checks(self, position: int) -> Accepts:
        """What asks whether a code is right for the token at this place of the list, from 0."""

        def accepts(code: str) -> bool:
            fields = {"serial": serial(position), "pass": code}
            return bool(self._ask("POST", "/validate/check", fields)["result"]["value"])

        return accepts

    def clear(self, count: int) -> None:
        """Forgets the first tokens of a list."""
        for position in range(count):
            self._ask("DELETE", f"/token/{serial(position)}", {})

    def _ask(self, method: str, path: str, fields: dict[str, str], file: bytes = b"") -> dict[str, Any]:
        boundary = secrets.token_hex(16)
        request = urllib.request.Request(
            self._address + path,
            data=_form(fields, file, boundary),
            method=method,
            headers=self._headers | {"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            with error:
                raise RuntimeError(f"privacyIDEA: {error.code} {error.read()[:500]!r}") from None


def serial(position: int) -> str:
    """The serial number that our lists give to the account at this place, from 0."""
    return f"TT{position + 1:06d}"


def _form(fields: dict[str, str], file: bytes, boundary: str) -> bytes:
    """A body of multipart/form-data (RFC 7578), the file under the name `file`."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts += [('name="file"; filename="list"', file)] if file else []
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return body + f"--{boundary}--\r\n".encode()


@contextlib.contextmanager
def server(folder: Path) -> Iterator[Server]:
    """A server whose files are in `folder`."""
    password = secrets.token_hex(8)
    arguments = [str(python(VENV)), str(SITE), str(folder)]
    with serving(arguments, r"serving on (\d+)", given=password + "\n") as match:
        yield Server(f"http://{LOOPBACK}:{match[1]}", password)
