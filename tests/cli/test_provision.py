"""ticktap provision and ticktap inventory as people and scripts use them."""

import base64
import csv
import json
import signal
import subprocess

import pytest

from cli import shapes
from cli.command import PIN
from cli.provision_batch import rows
from cli.test_terminal import Terminal
from formats import writers
from formats.people import ALICE


def test_three_tokens_at_once_with_everything_that_can_be_asked_for(box):
    tokens = [box.token(serial) for serial in ("DE01", "DE02", "DE03")]
    names = ("labels.html", "users.oath", "pam", "tokens.csv", "keys.pskc", "sheets", "codes")
    labels, oath, pam, table, pskc, sheets, codes = (box.folder / name for name in names)
    words = ["--labels", str(labels), "--sheets", str(sheets), "--backup-codes", str(codes)]
    exports = [("oath", oath), ("pam", pam), ("csv", table), ("pskc", pskc)]
    words += [str(each) for kind, path in exports for each in ("--export", kind, path)]
    done = box.provision("--json", *words)
    assert done.code == 0, done.err
    assert shapes.fits(done.data, shapes.DATA["provision"]), done.data
    found = rows(done)
    assert {each["state"] for each in found.values()} == {"done"}
    by_serial = {each.hello["serial"]: each for each in tokens}
    assert {each["serial"] for each in found.values()} == by_serial.keys()
    secrets = {}
    for label, row in found.items():
        token = by_serial[row["serial"]]
        (account,) = token.accounts.values()
        assert (token.hello["name"], account["name"]) == (label, row["account"].partition(":")[2])
        assert token.owner
        assert token.clock_state == "ok"
        secrets[row["user"]] = base64.b64decode(account["secret"])
    assert len(set(secrets.values())) == 3
    assert oath.read_text().splitlines()[0] == f"HOTP/T30/6\talice\t-\t{secrets['alice'].hex()}"
    assert sorted(each.name for each in pam.iterdir()) == ["alice", "bob", "carol"]
    assert [line.partition(",")[0] for line in table.read_text().splitlines()] == [
        row["serial"] for row in found.values()
    ]
    assert base64.b64encode(secrets["bob"]) in pskc.read_bytes()
    assert all(label in labels.read_text() for label in found)
    pages = {each.name: each.read_text() for each in sheets.iterdir()}
    assert base64.b32encode(secrets["alice"]).decode()[:4] in pages["A-001 alice.html"]
    assert sorted(each.name for each in codes.iterdir()) == [
        f"{user} backup codes.html" for user in ("alice", "bob", "carol")
    ]
    assert not [secret for secret in box.secrets() if secret in box.kept("registry.db").read_bytes()]
    made = [
        labels,
        oath,
        table,
        pskc,
        *sheets.iterdir(),
        *codes.iterdir(),
        *pam.iterdir(),
        box.kept("provisioning.db"),
    ]
    assert {each.stat().st_mode & 0o777 for each in made} == {0o600}

    listed = box.ticktap("inventory", "--json", "--csv", str(box.folder / "inventory.csv"))
    assert shapes.fits(listed.data, shapes.DATA["inventory"]), listed.data
    assert [(t["label"], t["holder"], t["clock"]) for t in listed.data["tokens"]] == [
        ("A-001", "alice", "ok"), ("A-002", "bob", "ok"), ("A-003", "carol", "ok"),
    ]  # fmt: skip
    assert all(t["sync_by"] > t["synced"] for t in listed.data["tokens"])
    (first, *_) = csv.DictReader((box.folder / "inventory.csv").read_text().splitlines())
    assert (first["label"], first["serial"]) == ("A-001", found["A-001"]["serial"])
    assert "A-001  " in box.ticktap("inventory").out

    again = box.provision("--json")
    assert again.code == 0, "all of it is done"
    assert {each["before"] for each in rows(again).values()} == {True}


def test_a_dry_run_touches_nothing(box):
    good, used = box.token("DE01"), box.token("DE02")
    used.owner = bytes(32)
    before = [dict(each.hello) for each in box.tokens]
    done = box.provision("--dry-run", "--json", "--labels", str(box.folder / "labels.html"))
    assert done.code == 0, done.err
    assert shapes.fits(done.data, shapes.DATA["provision"])
    assert [(each["token"], each["fit"]) for each in done.data["tokens"]] == [("DE01", True), ("DE02", False)]
    assert {each["state"] for each in done.data["rows"]} == {"free"}
    assert sorted(each.name for each in box.folder.iterdir()) == ["box.csv"]
    asked = {name for token in box.tokens for name, _ in token.calls}
    assert asked == {"hello", "status"}
    assert [dict(each.hello) for each in box.tokens] == before
    assert good.owner is None


def test_a_manifest_with_faults_is_refused_with_all_of_them(box):
    box.list.write_text("user,account,label\n,Example:a,A-001\nbob,,A-002\n")
    box.token("DE01")
    done = box.provision("--wait", "0")
    assert done.code == 2
    assert "line 2: user: there is no user" in done.err
    assert "line 3: account: there is no account" in done.err
    assert box.tokens[0].calls == []
    assert not box.folder.joinpath("kept").exists()


def test_a_used_token_is_refused_with_what_to_do(box):
    token = box.token("DE01")
    token.do_account_add(**ALICE.to_params())
    done = box.provision("--json", "--wait", "0")
    assert done.code == 9
    (refused,) = done.document["data"]["refused"]
    assert "it has 1 account" in refused["reason"]
    assert "token reset" in refused["remedy"]
    assert done.document["error"]["message"] == "3 rows of 3 left."
    assert len(token.accounts) == 1
    assert token.owner is None


def test_ctrl_c_and_once_more(box):
    """One token waits for its first press, the other is finished meanwhile."""
    waits, goes = box.token("DE01"), box.token("DE02")
    waits.waiting = True
    process = subprocess.Popen(
        [*box.ticktap.python, *box.words("--json")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=box.ticktap.environment(),
    )  # fmt: skip
    seen = ""
    while "DE01 is ready" not in seen or "is finished" not in seen:
        line = process.stderr.readline()
        assert line, seen
        seen += line
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    document = json.loads(out)
    assert process.returncode == document["error"]["exit_code"] == 6
    assert "Repeat the command" in document["error"]["remedy"]
    assert [row["state"] for row in document["data"]["rows"]] == ["done", "free", "free"]
    assert "press.cancel" in [name for name, _ in waits.calls]
    assert waits.owner is None
    waits.waiting = False
    box.token("DE03")
    done = box.provision("--json")
    assert done.code == 0, done.err
    assert [len(each.accounts) for each in box.tokens] == [1, 1, 1]
    assert rows(done)["A-001"]["serial"] == goes.hello["serial"]


def test_pins_by_prompt_and_by_chance(box):
    box.list.write_text("user,account,label,pin\nalice,E:alice,A-001,random\nbob,E:bob,A-002,ask\n")
    tokens = [box.token("DE01"), box.token("DE02")]
    done = box.provision("--wait", "0")
    assert done.code == 2
    assert "--pin-letters" in done.err
    assert not [name for name, _ in tokens[0].calls]
    letters = box.folder / "letters"
    refused = box.provision("--pin-letters", str(letters), "--contact", "a\nb")
    assert refused.code == 2 and "not one line of text" in refused.err
    help_desk = ("--contact", "the help desk, phone 100", "--software", "It is in the Software Centre.")
    done = box.provision("--json", "--pin-letters", str(letters), *help_desk, stdin=f"{PIN}\n")
    assert done.code == 0, done.err
    assert all(each.pin_key for each in tokens)
    (letter,) = letters.iterdir()
    pin = letter.read_text().split('class="pin">')[1].partition("<")[0]
    assert "Ask the help desk, phone 100." in letter.read_text()
    assert "It is in the Software Centre." in letter.read_text()
    assert letter.name == "A-001 alice PIN.html"
    everything = done.out.encode() + done.err.encode() + box.kept("provisioning.db").read_bytes()
    assert pin.encode() not in everything


def test_at_a_terminal_a_bar_a_pin_shown_once_and_a_token_to_unplug(box):
    box.list.write_text("user,account,label,pin\nalice,E:alice,A-001,random\n")
    token = box.token("DE01")
    run = Terminal(box.ticktap, *box.words())
    run.expect("Unplug DE01")
    code, out = run.end()
    assert code == 0
    assert "0 of 1" in run.seen
    assert "A-001: account proved" in run.seen
    shown = run.seen.split("shown only once: ")[1].split()[0]
    assert run.seen.count(shown) == 1
    assert shown not in out
    assert "1 of 1 finished, 1 of them now." in out
    assert token.pin_key


def test_a_row_of_a_broken_token_goes_to_another_one(box):
    box.list.write_text("user,account\nalice,E:alice\n")
    broken = box.token("DE01")
    broken.finger = "wrong"
    assert box.provision("--wait", "0").code == 9
    box.tokens.remove(broken)
    box.token("DE02")
    done = box.provision("--wait", "0")
    assert done.code == 9
    assert "alice (alice) was begun on the token DE01: plug it in." in done.err
    done = box.provision("--release", "alice", "--json")
    assert done.code == 0, done.err
    assert rows(done)["alice"]["serial"] == "DE02"
    assert box.ticktap("provision", str(box.list), "--release", "nobody").code == 5


@pytest.mark.parametrize(
    "options",
    [("--labels", "(file)"), ("--export", "oath", "(file)"), ("--export", "csv", "(file)")],
)
def test_files_that_are_there_are_refused_before_anything_is_done(box, options):
    there = box.folder / "there"
    there.write_text("mine")
    token = box.token("DE01")
    done = box.provision(*[str(there) if each == "(file)" else each for each in options])
    assert done.code == 6
    assert "--force" in done.err
    assert token.calls == []
    assert there.read_text() == "mine"


def test_an_encrypted_container_and_an_account_that_a_file_cannot_hold(box):
    box.list.write_text("user,account\nalice,otpauth://totp/E:alice?algorithm=SHA256\n")
    box.token("DE01")
    oath, pskc = box.folder / "users.oath", box.folder / "keys.pskc"
    words = ["--export", "oath", str(oath), "--export", "pskc", str(pskc), "--encrypt"]
    done = box.provision("--json", *words, stdin="four random words\n")
    assert done.code == 9
    data = done.document["data"]
    assert [each["name"] for each in data["unfit"]] == ["alice"]
    assert [row["state"] for row in data["rows"]] == ["done"]
    assert oath.read_text() == ""
    assert b"EncryptedValue" in pskc.read_bytes()


def test_no_secret_in_the_command_line(box):
    """Nothing that the command is given, or starts, has one in its arguments."""
    uri = writers.uris([ALICE]).decode().split()[0]
    done = box.ticktap("provision", uri)
    assert done.code == 2
    assert "secret was given on the command line" in done.err


def test_an_inventory_of_nothing(box):
    assert box.ticktap("inventory").code == 5, "there is no registry yet"
    assert box.ticktap("user", "add", "birch").code == 0
    done = box.ticktap("inventory")
    assert (done.code, done.out.startswith("The registry has no tokens")) == (0, True)
