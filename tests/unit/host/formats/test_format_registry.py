"""The list of formats: every format is complete, named once, and in the documents."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from ticktap.cli import account_import
from ticktap.cli import export as export_command
from ticktap.formats import registry
from ticktap.formats.file_format import Certainty
from ticktap.formats.registry import FORMATS
from ticktap.otp.account import Account
from ticktap.provisioning import export as provisioning

REPOSITORY = Path(__file__).parents[4]
MODULES = REPOSITORY / "host/ticktap/formats"
ACCOUNT = Account("Example", "alice", b"12345678901234567890")
SPELLINGS = re.compile(
    b"|".join(
        (ACCOUNT.secret.hex().encode(), base64.b32encode(ACCOUNT.secret), base64.b64encode(ACCOUNT.secret))
    )
)


def test_every_format_of_every_module_is_in_the_list() -> None:
    made = sum(
        len(re.findall(r"^[A-Z]+ = Format\(", path.read_text(), re.M)) for path in MODULES.glob("*.py")
    )
    assert (
        made == len(FORMATS) == len({each.key for each in FORMATS}) == len({each.title for each in FORMATS})
    )


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.key)
def test_a_format_can_be_read_or_written(each) -> None:
    assert each.readers or each.writer
    assert all(end.startswith(".") for end in each.extensions)


def test_only_one_reader_guesses() -> None:
    """A second one would never be asked."""
    possible = [
        each.key for each in FORMATS for reader in each.readers if reader.certainty is Certainty.POSSIBLE
    ]
    assert possible == ["andotp-encrypted"]


def test_the_page_has_every_format() -> None:
    """docs/moving-in.md, "Formats"."""
    expected = []
    for each in FORMATS:
        words = [kind.name for kind in each.writer.kinds] if each.writer else []
        expected.append(
            (
                f"`{each.key}`" if each.readers else "-",
                each.title,
                " ".join(f"`{end}`" for end in each.extensions) or "-",
                " ".join(f"`{word}`" for word in words) or "-",
            )
        )
    text = (REPOSITORY / "docs/moving-in.md").read_text(encoding="utf-8")
    section = text.partition("\n## Formats\n")[2].partition("\n## ")[0]
    rows = [tuple(line.strip("| ").split(" | ")) for line in section.splitlines() if line.startswith("| ")]
    assert rows[1:] == expected, "\n".join("| " + " | ".join(row) + " |" for row in expected)


def help_of(command) -> str:
    return " ".join(CliRunner().invoke(command, ["--help"]).output.split())


def test_the_help_of_import_names_every_format_that_can_be_read() -> None:
    text = help_of(account_import.import_accounts)
    assert [title for title in registry.titles(readers=True) if title not in text] == []


def test_the_help_of_export_has_every_word() -> None:
    text = help_of(export_command.export)
    for name, (writer, kind) in registry.export_kinds().items():
        assert f"{name} {kind.title}" in text
        if writer.encrypts:
            assert re.search(rf"password \([^)]*\b{name}\b", text)


def test_every_word_of_export_is_in_the_documents() -> None:
    text = (REPOSITORY / "docs/cli.md").read_text(encoding="utf-8")
    listed = text.partition("`export` KINDs:")[2].partition("\n\n")[0]
    assert [name for name in registry.export_kinds() if f"`{name}`" not in listed] == []


def test_words_of_export_are_unique() -> None:
    words = [kind.name for each in FORMATS if each.writer for kind in each.writer.kinds]
    assert sorted(words) == sorted(registry.export_kinds())


def test_what_a_batch_can_be_exported_to() -> None:
    assert sorted(provisioning.KINDS) == ["csv", "oath", "pam", "pskc"]


@pytest.mark.parametrize("name", list(registry.export_kinds()))
def test_a_writer_writes_what_it_says_fits(name: str) -> None:
    writer = registry.writer(name)
    assert writer.unfit(ACCOUNT) == ""
    assert SPELLINGS.search(writer.write([ACCOUNT])) or name.startswith("google")  # base64 within base64
    if writer.encrypts:
        assert not SPELLINGS.search(writer.write([ACCOUNT], "a password"))


@pytest.mark.parametrize(
    "each", [each for each in FORMATS if each.readers and each.writer], ids=lambda each: each.key
)
def test_what_is_written_is_recognised_as_its_format(each) -> None:
    kind, found = registry.read(each.writer.write([ACCOUNT]))
    assert kind is each
    assert [account.secret for account in found.accounts] == [ACCOUNT.secret]
