"""The manual page: every command is in it, and its text is no request of troff's by accident."""

import importlib.util
import re
from pathlib import Path

import click
import pytest

from ticktap.cli.main import main

TOOL = Path(__file__).parents[2] / "tools" / "man.py"
REQUESTS = {"TH", "SH", "SS", "B", "I", "PP", "TP", "nf", "fi"}


@pytest.fixture(scope="module")
def man():
    """The tool, which is in no package."""
    found = importlib.util.spec_from_file_location("man", TOOL)
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(man):
    return man.page()


def test_every_command_is_there(man, page):
    with main.make_context("ticktap", ["list"]) as context:
        for name in main.list_commands(context):
            command = main.get_command(context, name)
            names = [name]
            if isinstance(command, click.Group):
                names = [f"{name} {each}" for each in command.list_commands(context)]
            for each in names:
                called = man.escaped(each)
                assert f'.SS "{called}"\n.B ticktap {called}\n' in page


def test_what_looks_like_a_request_is_one_of_those_meant(page):
    assert set(re.findall(r"^[.\'](\S*)", page, re.MULTILINE)) == REQUESTS
    assert "\b" not in page and not re.search(r"(?<!\\)--", page)


def test_what_follows_the_options_of_a_command_is_there(page):
    assert "KIND is one of" in page
    assert "users.oath of libpam\\-oath" in page


def test_text_is_escaped(man):
    assert man.escaped(".dot\n'quote\na-b \\") == "\\&.dot\n\\&'quote\na\\-b \\e"
