"""ticktap provision and users: backup codes are not replaced unasked, and a renamed user keeps the token."""

import re

from cli.provision_batch import rows

ONE = "user,account,label\nalice,Example:alice,A-001\n"


def codes_on(page):
    return re.findall(r'class="secret">([^<]+)<', page.read_text())


def accepted(box, code, user="alice"):
    return box.ticktap("verify", "--user", user, stdin=code).code == 0


def with_codes(box, *users):
    """Users who have backup codes."""
    found = {}
    for user in users:
        assert box.ticktap("user", "add", user).code == 0
        found[user] = box.ticktap("backup-codes", "new", user, "--json").data["codes"]
    return found


def test_backup_codes_are_replaced_only_after_a_question(box):
    codes = with_codes(box, "alice", "bob")
    token, folder = box.token("DE01"), box.folder / "codes"
    for answer in ("", "n\n"):
        done = box.provision("--backup-codes", str(folder), "--wait", "0", stdin=answer)
        assert (done.code, done.out) == (6, "")
        assert "10 backup codes of alice, bob will stop working. Make new ones? [y/N]:" in done.err
        assert "In a script give --yes." in done.err
    assert token.calls == [] and token.owner is None
    assert list(folder.iterdir()) == []
    assert accepted(box, codes["alice"][0]) and accepted(box, codes["bob"][0], "bob")


def test_after_the_question_new_codes_are_on_the_page(box):
    codes = with_codes(box, "alice")["alice"]
    box.list.write_text(ONE)
    box.token("DE01")
    folder = box.folder / "codes"
    done = box.provision("--backup-codes", str(folder), stdin="y\n")
    assert done.code == 0, done.err
    new = codes_on(folder / "alice backup codes.html")
    assert len(new) == 5 and accepted(box, new[0]) and not accepted(box, codes[0])


def test_yes_skips_the_question_and_without_codes_there_is_none(box):
    box.list.write_text(ONE)
    box.token("DE01")
    folder = box.folder / "codes"
    first = box.provision("--backup-codes", str(folder))
    assert first.code == 0 and "[y/N]" not in first.err
    assert box.provision("--backup-codes", str(folder)).code == 0, "the row is finished: nothing is replaced"
    assert accepted(box, codes_on(folder / "alice backup codes.html")[0])
    box.list.write_text("user,account,label\nalice,Example:alice2,A-002\n")
    box.tokens.clear()
    box.token("DE02")
    done = box.provision("--backup-codes", str(folder), "--yes")
    assert done.code == 0 and "[y/N]" not in done.err
    assert accepted(box, codes_on(folder / "alice backup codes.html")[0])


def test_a_refused_question_frees_no_row(box):
    box.list.write_text("user,account\nalice,E:alice\n")
    broken = box.token("DE01")
    broken.finger = "wrong"
    assert box.provision("--wait", "0").code == 9
    with_codes(box, "alice")
    options = ("--release", "alice", "--backup-codes", str(box.folder / "codes"), "--wait", "0")
    assert box.provision(*options).code == 6
    assert "alice (alice) was begun on the token DE01" in box.provision("--wait", "0").err


def test_one_page_of_codes_for_a_user_with_two_tokens(box):
    box.list.write_text("user,account,label\nalice,E:one,A-001\nalice,E:two,A-002\n")
    box.token("DE01"), box.token("DE02")
    folder = box.folder / "codes"
    done = box.provision("--backup-codes", str(folder), "--json")
    assert done.code == 0, done.err
    (page,) = folder.iterdir()
    assert all(accepted(box, code) for code in codes_on(page))
    made = box.ticktap("audit", "show", "--what", "backup-codes-made", "--json").data
    assert len(made) == 1


def test_the_progress_follows_a_renamed_user(box):
    box.list.write_text(ONE)
    box.token("DE01")
    assert box.provision().code == 0
    assert box.ticktap("user", "rename", "alice", "anna").code == 0
    refused = box.provision("--wait", "0")
    assert refused.code == 6 and "was begun for anna, Example:alice" in refused.err
    box.list.write_text(ONE.replace("alice,", "anna,", 1))
    dry = box.provision("--dry-run", "--json")
    assert dry.code == 0 and "it is A-001, for anna" in dry.data["tokens"][0]["reason"]
    oath = box.folder / "users.oath"
    done = box.provision("--json", "--export", "oath", str(oath))
    assert done.code == 0, done.err
    assert (rows(done)["A-001"]["user"], rows(done)["A-001"]["state"]) == ("anna", "done")
    assert oath.read_text().split("\t")[1] == "anna"
    assert [each["user"] for each in box.ticktap("user", "list", "--json").data] == ["anna"]


def test_a_begun_row_of_a_user_who_is_renamed_continues(box):
    assert box.ticktap("user", "add", "alice").code == 0
    box.list.write_text(ONE)
    token = box.token("DE01")
    token.finger = "wrong"
    assert box.provision("--wait", "0").code == 9
    assert box.ticktap("user", "rename", "alice", "anna").code == 0
    box.list.write_text(ONE.replace("alice,", "anna,", 1))
    still = box.provision("--wait", "0")
    assert still.code == 9 and "A-001 (anna) was begun on the token DE01" in still.err
    box.tokens.remove(token)
    box.token("DE02")
    done = box.provision("--release", "A-001", "--json")
    assert done.code == 0, done.err
    assert rows(done)["A-001"]["user"] == "anna"
