"""What a hostile or broken client gets."""

from __future__ import annotations

import pytest

from ticktap.registry import RegistryError
from ticktap.web.bounds import MOST_BYTES
from web.conftest import PASSWORD, Desk

FORMS = ["/sign-in", "/sign-in/code", "/sign-out", "/language", "/test"]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", ["", "0" * 64, "\u0661", "a" * 10_000])
def test_a_form_without_the_browsers_token_is_refused(desk: Desk, path: str, token: str) -> None:
    visitor = desk.visitor().get("/sign-in")
    response = visitor.send(path, {"csrf": token})
    assert response.status_code == 403


def test_the_token_of_another_browser_is_refused(desk: Desk) -> None:
    desk.user("ann")
    one, other = desk.visitor().get("/sign-in"), desk.visitor().get("/sign-in")
    response = one.client.post("/sign-in", data={"csrf": other._page.token, "user": "ann", "password": "x"})
    assert response.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
)
def test_a_form_from_another_site_is_refused_even_with_a_token(desk: Desk, headers: dict[str, str]) -> None:
    visitor = desk.visitor().get("/sign-in")
    visitor.client.headers.update(headers)
    assert visitor.send("/sign-in", {"user": "ann", "password": "x"}).status_code == 403


def test_another_host_is_refused(desk: Desk) -> None:
    assert desk.visitor().get("/sign-in").status == 200
    client = desk.visitor().client
    assert client.get("/sign-in", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/healthz", headers={"host": "10.0.0.1"}).text == "ok\n"
    assert client.get("/readyz", headers={"host": "10.0.0.1"}).text == "ok\n"


@pytest.mark.parametrize(
    "path", ["/sign-in", "/security", "/nowhere", "/static/style.css", "/healthz", "/test"]
)
def test_every_answer_has_the_security_headers(desk: Desk, path: str) -> None:
    headers = desk.visitor().get(path).last.headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["strict-transport-security"]
    assert "server" not in headers
    assert headers["cache-control"] == (
        "public, max-age=31536000, immutable" if "static" in path else "no-store"
    )


def test_pages_have_no_inline_script_or_style_and_nothing_from_other_hosts(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    for path in ("/security", "/security/set-up", "/security/backup-codes", "/test", "/lost"):
        html = visitor.get(path).last.text
        assert visitor.status == 200 and "<style" not in html and "style=" not in html
        assert "onclick" not in html and "http://" not in html and "https://" not in html
        assert html.count("<script") == 1
        assert len(html.encode()) < 100_000


def test_a_large_body_is_refused(desk: Desk) -> None:
    visitor = desk.visitor().get("/sign-in")
    assert visitor.send("/sign-in", {"user": "a" * (MOST_BYTES + 1)}).status_code == 413


def test_a_long_address_is_refused(desk: Desk) -> None:
    assert desk.visitor().get("/sign-in?next=/" + "a" * 1000).status == 414


def test_many_fields_are_refused(desk: Desk) -> None:
    visitor = desk.visitor().get("/sign-in")
    assert visitor.send("/sign-in", {f"f{n}": "" for n in range(100)}).status_code == 400


@pytest.mark.parametrize(
    "text", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "💥" * 50, "%s{user}"]
)
def test_odd_texts_are_wrong_not_errors(desk: Desk, text: str) -> None:
    visitor = desk.visitor().name_and_password(text, text)
    assert visitor.status == 200
    assert visitor.code(text).status in (200, 403)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data; boundary=x; charset=nonsense", b"--x\r\n\r\n"),
        ("multipart/form-data", b"--x"),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Disposition: form-data; name=\xff\r\n\r\na\r\n--x--",
        ),
        ("application/x-www-form-urlencoded", b"%ff=%fe&csrf=%00"),
        ("text/plain", b"csrf=1"),
    ],
)
def test_a_malformed_form_is_refused(desk: Desk, kind: str, body: bytes) -> None:
    client = desk.visitor().client
    assert client.post("/sign-in", content=body, headers={"content-type": kind}).status_code in (400, 403)


@pytest.mark.parametrize(
    "query", ["until=9999-12-31", "since=0001-01-01", "what=%00", "user=%ff%00", "since=1"]
)
def test_odd_filters_are_answered(desk: Desk, query: str) -> None:
    desk.user("me", "auditor")
    assert desk.signed_in("me").get(f"/admin/audit?{query}").status == 200


@pytest.mark.parametrize("language", ["", "*", ";;;,,,", "x" * 5000, "ja_JP@x;q=a", "\u00e9"])
def test_any_language_is_answered(desk: Desk, language: str) -> None:
    response = desk.visitor().client.get("/sign-in", headers={"accept-language": language.encode()})
    assert response.status_code == 200


def test_a_broken_cookie_is_no_cookie(desk: Desk) -> None:
    for name in ("session", "step", "browser", "language", "way"):
        visitor = desk.visitor()
        visitor.client.cookies.set(f"__Host-ticktap-{name}", "Zm9v" * 20)
        assert visitor.get("/security").path == "/sign-in"
        assert visitor.get("/sign-in/code").path in ("/sign-in", "/sign-in/code")


def test_a_wrong_password_reveals_nothing_in_the_cookie(desk: Desk) -> None:
    """The cookie between the two pages is encrypted and of the same length."""
    desk.user("ann")
    lengths = set()
    for password in (PASSWORD, "wrong"):
        visitor = desk.visitor().name_and_password("ann", password)
        lengths.add(len(visitor.client.cookies["__Host-ticktap-step"]))
    assert len(lengths) == 1


def test_an_unexpected_error_shows_a_number_and_no_details(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = " ".join(("the", "secret", "text"))

    def fail(*_: object, **__: object) -> None:
        raise ValueError(secret)

    monkeypatch.setattr(desk.site.passwords.__class__, "check", fail)
    visitor = desk.visitor().name_and_password("ann", "x")
    assert visitor.status == 500 and secret not in visitor.text
    number = visitor.found(r"administrator: [0-9a-f]{8}")[-8:]
    printed = capsys.readouterr().err
    assert number in printed and "ValueError" in printed and secret not in printed


def test_a_registry_out_of_reach_is_said_in_the_readers_language(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann", "ja")
    browser = visitor.client.cookies["__Host-ticktap-browser"]

    def fail(*_: object) -> None:
        raise RegistryError("the server does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(desk.site.sessions.__class__, "load", fail)
        visitor.get("/security")
        assert visitor.status == 503 and "ただいまサインインできません" in visitor.text
    assert "the server does not answer" in capsys.readouterr().err
    assert visitor.client.cookies["__Host-ticktap-browser"] == browser
    assert visitor.get("/security").status == 200
