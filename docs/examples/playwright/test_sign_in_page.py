"""A sign-in page in a browser, with a token that really types.

    pip install ticktap pytest pytest-playwright
    playwright install chromium
    pytest

The page here is made by the test; take `page.goto` to your own one instead.
"""

import hashlib
import hmac
import struct
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest

SECRET = b"12345678901234567890"
FORM = '<form method="post"><label>Code <input name="code" autofocus></label></form>'


def code_at(unix: float) -> str:
    """RFC 6238, as the site computes it."""
    mac = hmac.digest(SECRET, struct.pack(">Q", int(unix) // 30), hashlib.sha1)
    return f"{(struct.unpack_from('>I', mac, mac[-1] & 15)[0] & 0x7FFFFFFF) % 10**6:06d}"


@pytest.fixture
def site(virtual_token):
    """The address of a site whose clock is the token's."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(FORM)

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            right = form["code"][0] == code_at(virtual_token.unix)
            self.answer("<h1>Welcome</h1>" if right else f"<h1>Wrong code</h1>{FORM}")

        def answer(self, body: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def type_into(page, token) -> None:
    """Presses the token's button, and hands what it types to the browser, key by key."""
    token.clear_typed()
    token.press()
    assert token.advance_until(lambda: token.typed.endswith("\n"), 5_000)
    for character in token.typed:
        page.keyboard.press("Enter" if character == "\n" else character)


def test_the_token_signs_in(page, site, virtual_token, virtual_client):
    number = virtual_client.add_secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", suffix="enter")
    assert virtual_client.accounts()[0]["id"] == number
    page.goto(site)
    type_into(page, virtual_token)
    page.get_by_role("heading", name="Welcome").wait_for()


def test_a_code_of_another_account_does_not(page, site, virtual_token, virtual_client):
    virtual_client.add_secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", suffix="enter")
    page.goto(site)
    type_into(page, virtual_token)
    page.get_by_role("heading", name="Wrong code").wait_for()
