"""A lost token's successor: like the first, with another secret."""

import base64

import pytest

from cli import shapes
from cli.provision_batch import Batch, rows
from ticktap.registry import Registry

LIST = (
    "user,account,label,pin,suffix\n"
    "alice,otpauth://totp/Example:alice@example.com?digits=8&algorithm=SHA256,A-001,random,enter\n"
    "bob,Example:bob,A-002,none,\n"
)


@pytest.fixture
def made(box: Batch):
    """A box of two tokens that are made; the first is alice's."""
    box.list.write_text(LIST)
    for serial in ("DE01", "DE02"):
        box.token(serial)
    done = box.provision("--json", "--pin-letters", str(box.folder / "first"))
    assert done.code == 0, done.err
    found = {each["user"]: each["serial"] for each in done.data["rows"]}
    box.first = next(each for each in box.tokens if each.hello["serial"] == found["alice"])
    box.tokens.clear()
    box.list.unlink()
    return box


def replace(made, *options, label="A-001"):
    ports = [word for each in made.tokens for word in ("--port", each.path)]
    return made.ticktap("provision", "--replace", label, *ports, *options)


def test_a_successor_has_label_owner_account_and_a_pin(made):
    lost = made.ticktap("user", "lost", "alice", "A-001")
    assert "'ticktap provision --replace A-001' makes a spare its successor" in lost.out
    second = made.token("DE03")
    letters = made.folder / "second"
    done = replace(made, "--json", "--pin-letters", str(letters), "--labels", str(made.folder / "label.html"))
    assert done.code == 0, done.err
    assert shapes.fits(done.data, shapes.DATA["provision"])
    row = rows(done)["A-001"]
    assert (row["user"], row["account"], row["pin"], row["state"]) == (
        "alice", "Example:alice@example.com", True, "done",
    )  # fmt: skip
    (old,), (new,) = made.first.accounts.values(), second.accounts.values()
    kept = ("issuer", "name", "type", "algorithm", "digits", "period", "suffix")
    assert {key: new.get(key) for key in kept} == {key: old.get(key) for key in kept}
    assert base64.b64decode(new["secret"]) != base64.b64decode(old["secret"])
    assert second.hello["name"] == "A-001" and second.owner and second.pin_key
    pin = (letters / "A-001 alice PIN.html").read_text()
    assert pin != (made.folder / "first" / "A-001 alice PIN.html").read_text()
    assert "A-001" in (made.folder / "label.html").read_text()
    data = made.ticktap("user", "show", "alice", "--json").data
    assert (data["tokens"], data["accounts"]) == (["A-001"], ["Example:alice@example.com"])


def test_a_token_that_is_not_lost_is_not_replaced(made):
    done = replace(made)
    assert done.code == 6
    assert "A-001 of alice is not lost" in done.err and "'ticktap user lost alice DE0" in done.err
    assert replace(made, label="A-009").code == 5
    assert made.ticktap("provision").code == 2
    assert made.ticktap("provision", "box.csv", "--replace", "A-001").code == 2


def test_a_dry_run_changes_nothing_and_another_run_is_refused(made):
    made.ticktap("user", "lost", "alice")
    made.token("DE03")
    before = made.kept("provisioning.db").read_bytes()
    done = replace(made, "--dry-run", "--json")
    assert done.code == 0 and rows(done)["A-001"]["state"] == "free"
    assert [each["fit"] for each in done.data["tokens"]] == [True]
    assert made.kept("provisioning.db").read_bytes() == before
    letters = ("--pin-letters", str(made.folder / "second"))
    assert replace(made, *letters).code == 0
    again = replace(made, *letters)
    assert again.code == 6 and "A-001 of alice is not lost" in again.err


def test_an_interrupted_successor_is_gone_on_with(made):
    made.ticktap("user", "lost", "alice")
    second = made.token("DE03")
    second.finger = "wrong"  # its first code is wrong, so it stays half made
    letters = ("--pin-letters", str(made.folder / "second"))
    assert replace(made, *letters, "--wait", "0").code == 9
    second.finger = "right"
    done = replace(made, *letters, "--json")
    assert done.code == 0, done.err
    assert rows(done)["A-001"]["serial"] == "DE03"


def test_a_renamed_user_and_a_second_loss(made):
    made.ticktap("user", "lost", "alice")
    made.ticktap("user", "rename", "alice", "alice.jones")
    letters = ("--pin-letters", str(made.folder / "second"), "--force", "--json")
    made.token("DE03")
    done = replace(made, *letters)
    assert done.code == 0, done.err
    assert rows(done)["A-001"]["user"] == "alice.jones"
    made.ticktap("user", "lost", "alice.jones")
    made.tokens.clear()
    made.token("DE04")
    done = replace(made, *letters)
    assert done.code == 0, done.err
    assert rows(done)["A-001"]["serial"] == "DE04"


def test_a_token_that_turns_up_again_is_refused(made):
    made.ticktap("user", "lost", "alice")
    letters = ("--pin-letters", str(made.folder / "second"))
    made.token("DE03")
    assert replace(made, *letters).code == 0
    made.ticktap("user", "lost", "bob")
    made.tokens.append(made.first)
    done = replace(made, "--wait", "0", label="A-002")
    assert done.code == 9
    assert "was not begun on this computer" in done.err and "ticktap token reset" in done.err


def test_what_an_enrolled_token_had_is_known_but_for_its_pin(made):
    with Registry.open(made.kept("registry.db")) as registry:
        registry.tokens.record("DE07", label="C-001", holder="bob", seen=1)
        (kept,) = registry.of_user(registry.users.find("bob").id)
        registry.keep(kept.account, "DE07", 1, "bob")
    made.ticktap("user", "lost", "bob", "C-001")
    done = replace(made, "--dry-run", label="C-001")
    assert "Note on C-001: whether the lost token had a PIN is not known" in done.err
    assert "C-001  bob   Example:bob" in done.out
