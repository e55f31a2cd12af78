"""--json: every command, one document, the shape that docs/cli.md states."""

from pathlib import Path

import click
import pytest

from cli import shapes
from cli.command import HOTP_URI, KEYS_PIN, NEW_PIN, PIN, SECRET, URI
from cli.guarded import give_owner, give_pin
from drive.scene import FRESH
from formats import writers
from support import made_up_uf2
from ticktap.cli.main import main
from ticktap.enrolment import backup
from ticktap.otp.account import Account

PASSPHRASE = "four random words here"
# What stands for files in a folder of the test's own.
BACKUP, EXPORT, NEW, BOX, DRIVE = "(backup)", "(export)", "(new)", "(box)", "(drive)"
USERS, UF2 = "(users)", "(uf2)"

RUNS = [
    ("list", [], ""),
    ("info", [], ""),
    ("account list", [], ""),
    ("account add", [], HOTP_URI),
    ("account add", ["--no-confirm", "--default", "--name", "carol", "--suffix", "tab"], URI),
    ("account import", [EXPORT, "--prove", "one", "--keep"], ""),
    ("account import", [EXPORT, "--dry-run"], ""),
    ("backup create", [NEW], PASSPHRASE),
    ("backup create", [NEW, EXPORT], PASSPHRASE),
    ("kept list", [], ""),
    ("kept remove", ["kept", "--force"], ""),
    ("backup show", [BACKUP], PASSPHRASE),
    ("backup verify", [BACKUP, "--prove", "all"], PASSPHRASE),
    ("backup restore", [BACKUP, "--backup", NEW], f"{PASSPHRASE}\ny\n{PASSPHRASE}"),
    ("backup sheet", [BACKUP, NEW], PASSPHRASE),
    ("export", ["uri", BACKUP, NEW], PASSPHRASE),
    ("account rename", ["alice", "--name", "ann"], ""),
    ("account remove", ["alice"], "y"),
    ("account move", ["alice", "1"], ""),
    ("account default", ["alice"], ""),
    ("account suffix", ["alice", "enter"], ""),
    ("code", [], ""),
    ("code", ["dora"], ""),
    ("type", ["alice"], ""),
    ("clock show", [], ""),
    ("clock sync", [], ""),
    ("clock history", [], ""),
    ("clock trim", [], ""),
    ("clock trim", ["--write"], ""),
    ("settings show", [], ""),
    ("settings set", ["inter_key_ms=3", "layout=fr"], ""),
    ("unlock", [], PIN),
    ("lock", [], ""),
    ("pin set", [], NEW_PIN),
    ("pin change", [], f"{PIN}\n{NEW_PIN}"),
    ("pin remove", [], PIN),
    ("pin keys", [], KEYS_PIN),
    ("pin keys", ["--remove"], ""),
    ("token claim", [], ""),
    ("token release", [], ""),
    ("token forget", ["DE6312"], ""),
    ("token rename", ["shelf"], ""),
    ("token identify", [], ""),
    ("token compact", [], ""),
    ("token reset", [], "desk"),
    ("user add", ["bob", "--method", "token", "--network", "10.0.0.0/8"], ""),
    ("user list", [], ""),
    ("user show", ["ann"], ""),
    ("user list", ["--csv", NEW], ""),
    (
        "user edit",
        ["ann", "--full-name", "Ann Example", "--email", "ann@example.com", "--group", "staff"],
        "",
    ),
    ("user rename", ["ann", "anna"], ""),
    ("user delete", ["ann", "--yes"], ""),
    ("user import", [USERS], ""),
    ("user import", [USERS, "--dry-run"], ""),
    ("user enrol", ["ann", "--issuer", "Desk"], ""),
    ("user lost", ["ann"], ""),
    ("user disable", ["ann"], ""),
    ("user enable", ["ann"], ""),
    ("user unlock", ["ann"], ""),
    ("user reset", ["ann"], "y"),
    ("user main-method", ["ann", "backup-code"], ""),
    ("user policy", ["ann", "--method", "token", "--anywhere"], ""),
    ("user issue-code", ["ann", "--reason", "called back"], ""),
    ("user password", ["ann"], "correct horse battery"),
    ("user password", ["ann", "--generate"], ""),
    ("user password", ["ann", "--remove"], ""),
    ("user role", ["ann", "help-desk"], ""),
    ("user role", ["ann", "none"], ""),
    ("user settings", [], ""),
    ("user settings", ["tries", "5"], ""),
    ("backup-codes new", ["ann"], ""),
    ("backup-codes print", ["ann", NEW], ""),
    ("backup-codes show-left", ["ann"], ""),
    ("app-password new", ["ann", "imap"], ""),
    ("app-password list", ["ann"], ""),
    ("app-password revoke", ["ann", "1"], ""),
    ("audit show", [], ""),
    ("audit show", ["--since", "1d", "--what", "user-added", "--csv", NEW], ""),
    ("audit verify", [], ""),
    ("audit anchor", [NEW], ""),
    ("audit anchor", [], ""),
    ("audit prune", ["--before", "2099-01-01", "--archive", NEW], ""),
    ("provision", [BOX, "--dry-run"], ""),
    ("inventory", [], ""),
    ("report", [], ""),
    ("report", ["no-token", "--csv", NEW], ""),
    ("doctor", [], ""),
    ("firmware install", ["--force", DRIVE], ""),
    ("firmware update", ["--force", DRIVE], ""),
    ("firmware check", [DRIVE], ""),
    ("firmware image", ["--circuitpython", UF2, "-o", NEW], ""),
    ("firmware udev", [], ""),
    ("completion", ["bash"], ""),
]


# What a token is given before a command that makes no sense otherwise.
PREPARED = {
    "unlock": lambda token, ticktap: give_pin(token),
    "lock": lambda token, ticktap: give_pin(token, locked=False),
    "pin change": lambda token, ticktap: give_pin(token),
    "pin remove": lambda token, ticktap: give_pin(token),
    "pin keys": lambda token, ticktap: give_pin(token, locked=False),
    "token release": give_owner,
    "token forget": lambda token, ticktap: known_as_owned(ticktap),
    "backup create": lambda token, ticktap: give_copies(ticktap),
    "kept list": lambda token, ticktap: give_copies(ticktap),
    "kept remove": lambda token, ticktap: give_copies(ticktap),
    "user lost": lambda token, ticktap: give_user(ticktap, "user enrol ann"),
    "app-password list": lambda token, ticktap: give_user(ticktap, "app-password new ann imap"),
    "app-password revoke": lambda token, ticktap: give_user(ticktap, "app-password new ann imap"),
    "firmware update": lambda token, ticktap: give_firmware(ticktap),
    "firmware check": lambda token, ticktap: give_firmware(ticktap),
}
WITH_USER = ("user", "backup-codes", "app-password", "audit", "inventory", "report")
STOCK = [Account("Example", "alice", SECRET), Account("Example", "dora", SECRET, type="hotp", counter=3)]


def give_drive(folder):
    """A folder that is as CircuitPython leaves a drive."""
    for path, content in FRESH.items():
        folder.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)


def give_firmware(ticktap):
    """The drive has the firmware."""
    assert ticktap("firmware", "install", "--force", str(ticktap.home / "drive")).code == 0


def known_as_owned(ticktap):
    """The token had an owner when it was last used here."""
    (ticktap.home / "kept").mkdir(exist_ok=True)
    (ticktap.home / "kept" / "tokens.json").write_text('{"DE6312": "owned"}')


def give_copies(ticktap):
    """Something is kept to be backed up."""
    assert ticktap("account", "add", "--keep", "--name", "kept", stdin=URI).code == 0


def give_user(ticktap, *more):
    """There is a user, to whom `more` was done."""
    for command in ("user add ann", *more):
        assert ticktap(*command.split()).code == 0


@pytest.fixture
def files(tmp_path):
    """The files that stand in RUNS, by what stands for them."""
    places = {
        word: str(tmp_path / word.strip("()")) for word in (BACKUP, EXPORT, NEW, BOX, DRIVE, USERS, UF2)
    }
    give_drive(Path(places[DRIVE]))
    Path(places[UF2]).write_bytes(made_up_uf2.uf2(made_up_uf2.code()))
    backup.write(Path(places[BACKUP]), STOCK, PASSPHRASE, 1_800_000_000)
    Path(places[BOX]).write_text("user,account\nalice,Example:alice\n")
    Path(places[USERS]).write_text("user,email\nann,ann@example.com\nbob,\n")
    Path(places[EXPORT]).write_bytes(writers.aegis([Account("New", "one", SECRET)]))
    return places


@pytest.fixture
def stocked(ticktap, token):
    """The command with a token that has two accounts."""
    for each in STOCK:
        token.do_account_add(**each.to_params())
    return ticktap


@pytest.mark.parametrize(("command", "options", "stdin"), RUNS)
def test_a_result_is_one_document_of_its_shape(stocked, token, files, command, options, stdin):
    options = [files.get(each, each) for each in options]
    usual = give_user if command.split()[0] in WITH_USER else lambda ticktap: None
    PREPARED.get(command, lambda token, ticktap: usual(ticktap))(token, stocked)
    done = stocked(*command.split(), *options, "--json", stdin=stdin)
    assert done.code == 0, done.err
    assert done.out.count("\n") == 1
    document = done.document
    assert document.keys() == {"ok", "schema", "command", "data"}
    assert (document["ok"], document["schema"], document["command"]) == (True, 1, command)
    assert shapes.fits(document["data"], shapes.DATA[command]), document["data"]


@pytest.mark.parametrize("words", ["--json clock show", "clock --json show", "clock show --json"])
def test_the_option_is_taken_anywhere(stocked, words):
    assert stocked(*words.split()).document["command"] == "clock show"


def leaves(group, context, prefix=""):
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, context, f"{prefix}{name} ")
        else:
            yield prefix + name


def test_every_command_has_a_shape_and_a_run():
    with main.make_context("ticktap", ["list"]) as context:
        commands = set(leaves(main, context))
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text()
    assert [name for name in commands if f"`{name}" not in page] == []
    elsewhere = {"verify", "watch", "serve"} | {name for name in commands if name.split()[0] == "simulate"}
    assert {name for name, _, _ in RUNS} == commands - elsewhere
    assert set(shapes.DATA) == {name for name in commands if name.split()[0] not in ("simulate", "serve")}


@pytest.mark.parametrize(
    ("words", "stdin", "kind", "code"),
    [
        (["account", "list", "--nonsense"], "", "usage", 2),
        (["nonsense"], "", "usage", 2),
        (["account", "add"], "no uri", "usage", 2),
        (["code", "nobody"], "", "not-found", 5),
        (["account", "remove", "alice"], "n", "refused", 6),
        (["--device", "/dev/none", "info"], "", "no-token", 3),
        (["pin", "change"], "", "refused", 6),
        (["unlock", "1234"], "", "usage", 2),
    ],
)
def test_an_error_is_one_document_too(stocked, words, stdin, kind, code):
    done = stocked(*words, "--json", stdin=stdin)
    assert done.code == code
    document = done.document
    assert document.keys() == {"ok", "schema", "error"}
    assert document["ok"] is False
    assert shapes.fits(document["error"], shapes.ERROR)
    assert (document["error"]["kind"], document["error"]["exit_code"]) == (kind, code)
    assert document["error"]["message"]
    assert document["error"]["remedy"]


def test_a_batch_that_partly_failed_has_its_data_too(ticktap, token):
    token.clock_state = "stopped"
    done = ticktap("doctor", "--json")
    assert done.code == 9
    assert done.document["error"]["kind"] == "partial"
    assert shapes.fits(done.document["data"], shapes.DATA["doctor"])
