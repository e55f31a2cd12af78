"""Key URIs as real sites and apps print them."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktap.errors import BadInput
from ticktap.formats import otpauth
from ticktap.otp.account import Account

TEXT = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SECRET = b"12345678901234567890"
ALICE = Account("Example", "alice", SECRET)


def uri(label: str = "Example:alice", more: str = "", kind: str = "totp", secret: str = TEXT) -> str:
    return f"otpauth://{kind}/{label}?secret={secret}{more}"


def test_the_usual_form() -> None:
    assert otpauth.parse(uri(more="&issuer=Example&algorithm=SHA1&digits=6&period=30")) == ALICE


def test_what_may_be_left_out() -> None:
    assert otpauth.parse(uri()) == ALICE


@pytest.mark.parametrize(
    ("label", "more", "issuer", "name"),
    [
        ("alice", "", "", "alice"),
        ("alice", "&issuer=Example", "Example", "alice"),
        ("alice%40example.com", "", "", "alice@example.com"),
        ("testserver%3A%20alice", "&issuer=testserver", "testserver", "alice"),
        ("testserver%3A%20alice", "", "testserver", "alice"),
        ("TestServer: alice", "&issuer=testserver", "testserver", "alice"),
        ("Label:alice", "&issuer=Query", "Query", "alice"),
        ("Label:alice", "&issuer=", "Label", "alice"),
        ("Air%20Canada:alice", "&issuer=Air+Canada", "Air Canada", "alice"),
        ("a+b", "", "", "a+b"),
        ("Example:urn:alice", "", "Example", "urn:alice"),
        ("A%3AB:alice", "&issuer=A%3AB", "A:B", "alice"),
        ("Team #1:alice", "&issuer=Team%20%231", "Team #1", "alice"),
        ("Why?:alice", "", "Why?", "alice"),
        ("", "&issuer=Example", "Example", ""),
        ("/alice", "", "", "alice"),
        ("caf%C3%A9", "", "", "café"),
        ("café", "", "", "café"),
    ],
)
def test_issuer_and_name(label: str, more: str, issuer: str, name: str) -> None:
    account = otpauth.parse(uri(label, more))
    assert (account.issuer, account.name, account.secret) == (issuer, name, SECRET)


@pytest.mark.parametrize(
    "secret",
    [
        TEXT.lower(),
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "gezd+gnbv+gy3t+qojq+gezd+gnbv+gy3t+qojq",
        "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ",
        TEXT + "%3D%3D",
        "%20" + TEXT,
    ],
)
def test_secrets_as_printed(secret: str) -> None:
    assert otpauth.parse(uri(secret=secret)).secret == SECRET


def test_a_secret_that_ends_in_x() -> None:
    """The letters are those of Python's base64.b32encode."""
    text, secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJX", b"12345678901234567897"
    assert otpauth.parse(uri(secret=text)).secret == secret
    assert otpauth.parse(uri(secret=f"{text}====")).secret == secret
    assert f"secret={text}&" in otpauth.format(Account("Example", "alice", secret))


def test_escaped_ampersands_keep_parameters_that_are_not_the_defaults() -> None:
    account = otpauth.parse(uri(more="&amp;algorithm=SHA256&amp;digits=8&amp;period=60&amp;issuer=Firm"))
    assert account == Account("Firm", "alice", SECRET, algorithm="SHA256", digits=8, period=60)


def test_eighty_bit_secrets_are_taken_with_a_warning() -> None:
    account = otpauth.parse(uri(secret="JBSWY3DPEHPK3PXP"))
    assert len(account.secret) == 10
    assert "80 bits" in account.warnings()[0]


@pytest.mark.parametrize(
    ("text", "algorithm"),
    [
        ("SHA1", "SHA1"),
        ("", "SHA1"),
        ("sha512", "SHA512"),
        ("HmacSHA256", "SHA256"),
        ("HMAC-SHA-512", "SHA512"),
        ("SHA-256", "SHA256"),
        ("Algorithm.sha256", "SHA256"),
    ],
)
def test_algorithms(text: str, algorithm: str) -> None:
    assert otpauth.parse(uri(more=f"&algorithm={text}")).algorithm == algorithm


@pytest.mark.parametrize("digits", [5, 6, 8, 10])
def test_digits(digits: int) -> None:
    assert otpauth.parse(uri(more=f"&digits={digits}")).digits == digits


@pytest.mark.parametrize("period", [1, 60, 121, 3600])
def test_periods(period: int) -> None:
    assert otpauth.parse(uri(more=f"&period={period}")).period == period


def test_hotp() -> None:
    expected = Account("Example", "alice", SECRET, type="hotp", counter=42)
    assert otpauth.parse(uri(kind="hotp", more="&counter=42")) == expected


def test_hotp_without_a_counter_starts_at_zero() -> None:
    assert otpauth.parse(uri(kind="hotp")) == Account("Example", "alice", SECRET, type="hotp", counter=0)


@pytest.mark.parametrize(
    "text",
    [
        uri(kind="steam"),
        uri(kind="steam", more="&digits=5&algorithm=SHA1"),
        uri(more="&encoder=steam"),
        uri(more="&encoder=Steam"),
        uri(more="&ENCODER=STEAM"),
        uri(kind="STEAM"),
    ],
)
def test_steam(text: str) -> None:
    assert otpauth.parse(text) == Account("Example", "alice", SECRET, type="steam")


@pytest.mark.parametrize(
    "text",
    [
        uri().replace("otpauth://totp", "OTPAUTH://TOTP"),
        uri().replace("secret", "Secret"),
        f"  {uri()}\n",
        f'"{uri()}"',
        f"'{uri()}'",
        f"<{uri()}>",
        uri(more="&issuer=Example&amp;digits=6").replace("&issuer", "&amp;issuer"),
        uri(more="&image=https%3A%2F%2Fexample.com%2Fa.png&lock=false&codeDisplay=%7B%7D&foo&=bar&&"),
        uri(more="&issuer=Example?period=30"),
        uri(more="&issuer=Example?period=30&period=30"),
        uri(more="&digits=6&digits=6"),
        "otpauth://totp/Example:alice?foo=bar&secret=" + TEXT,
    ],
)
def test_slips_that_change_nothing(text: str) -> None:
    assert otpauth.parse(text) == ALICE


def test_a_parameter_glued_on_with_a_question_mark_counts() -> None:
    account = otpauth.parse(uri(more="&issuer=Foo?period=60"))
    assert (account.issuer, account.period) == ("Foo", 60)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not an otpauth URI"),
        ("JBSWY3DPEHPK3PXP", "not an otpauth URI"),
        ("https://example.com/?secret=" + TEXT, "not an otpauth URI"),
        ("otpauth:totp/alice?secret=" + TEXT, "not an otpauth URI"),
        (uri(kind="webauthn"), "does not support the type"),
        (uri(kind="yaotp"), "Yandex"),
        ("motp://Example:alice?secret=" + TEXT, "mOTP"),
        (uri(kind="motp"), "mOTP"),
        ("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8", "transfer code"),
        ("otpauth://totp/Example:alice", "no secret"),
        ("otpauth://totp/Example:alice?issuer=Example", "no secret"),
        (uri(secret=""), "no secret"),
        (uri(secret="AAAA0AAA"), "character 5 of the secret, '0',"),
        (uri(secret="A" * 17), "17 characters"),
        (uri(secret="AAAAAAAA"), "5 bytes"),
        (uri(more="&algorithm=MD5"), "algorithm"),
        (uri(more="&digits=six"), "digits"),
        (uri(more="&digits=4"), "digits"),
        (uri(more="&digits=-6"), "digits"),
        (uri(more="&digits=" + "9" * 5000), "digits"),
        (uri(more="&period=0"), "period"),
        (uri(more="&period=3601"), "period"),
        (uri(kind="hotp", more="&counter=18446744073709551616"), "counter"),
        (uri(more="&secret=" + "B" * 32), "two different values of secret"),
        (uri("caf%E9"), "UTF-8"),
        (uri("a%00b"), "control character"),
        (uri("x" * 65), "65 bytes"),
    ],
)
def test_refusals_say_why_and_what_to_do_and_hold_no_secret(text: str, words: str) -> None:
    with pytest.raises(BadInput) as caught:
        otpauth.parse(text)
    assert words in caught.value.message
    assert caught.value.remedy
    told = caught.value.message + caught.value.remedy
    assert TEXT[:8] not in told and "AAAA" not in told and "JBSW" not in told


def test_the_remedy_for_a_transfer_code() -> None:
    with pytest.raises(BadInput) as caught:
        otpauth.parse("otpauth-migration://offline?data=AAAA")
    assert "account import" in caught.value.remedy


def test_errors_carry_no_text_of_the_uri_in_their_causes() -> None:
    with pytest.raises(BadInput) as caught:
        otpauth.parse(uri("caf%E9"))
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


ACCOUNTS = st.builds(
    Account,
    issuer=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=16),
    name=st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=16),
    secret=st.binary(min_size=10, max_size=128),
    type=st.sampled_from(["totp", "hotp", "steam"]),
    algorithm=st.sampled_from(["SHA1", "SHA256", "SHA512"]),
    digits=st.integers(5, 10),
    period=st.integers(1, 3600),
    counter=st.integers(0, 2**64 - 1),
)


@given(ACCOUNTS)
def test_round_trip(account: Account) -> None:
    assert otpauth.parse(otpauth.format(account)) == account


@pytest.mark.parametrize(
    ("issuer", "name"), [("", "a:b"), ("", ":b"), ("A:B", "c:d"), ("A", "A:b"), ("", "")]
)
def test_round_trip_of_colons(issuer: str, name: str) -> None:
    account = replace(ALICE, issuer=issuer, name=name)
    assert otpauth.parse(otpauth.format(account)) == account


def test_pyotp_reads_what_is_written() -> None:
    account = Account("Air Canada", "alice@example.com", SECRET, algorithm="SHA256", digits=8, period=60)
    theirs = pyotp.parse_uri(otpauth.format(account))
    assert isinstance(theirs, pyotp.TOTP)
    assert (theirs.issuer, theirs.name) == ("Air Canada", "alice@example.com")
    assert (theirs.byte_secret(), theirs.digits, theirs.interval) == (SECRET, 8, 60)
    assert theirs.digest().name == "sha256"


def test_what_pyotp_writes_is_read() -> None:
    theirs = pyotp.HOTP(TEXT, digits=8, name="alice", issuer="Air Canada", initial_count=3)
    expected = Account("Air Canada", "alice", SECRET, type="hotp", digits=8, counter=3)
    assert otpauth.parse(theirs.provisioning_uri()) == expected
