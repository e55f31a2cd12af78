"""The VM the other tests here rely on: what it prints, what it raises, what it has."""

from __future__ import annotations

import pytest

from micropython.vm import ScriptFailed, run


def test_printed_text_comes_back() -> None:
    assert run("print('one')\nprint('two', 2)", {}) == "one\ntwo 2\n"


def test_files_can_be_imported_and_are_binary_safe() -> None:
    files = {"pack/__init__.py": b"", "pack/part.py": b"NAME = 'part'\n", "raw.bin": bytes(range(256))}
    script = "import pack.part\nprint(pack.part.NAME, open('/fw/raw.bin', 'rb').read() == bytes(range(256)))"
    assert run(script, files) == "part True\n"


def test_each_run_starts_afresh() -> None:
    run("kept = 1", {"left.py": b""})
    with pytest.raises(ScriptFailed, match="ImportError"):
        run("import left", {})
    with pytest.raises(ScriptFailed, match="NameError"):
        run("print(kept)", {})


def test_an_exception_is_the_traceback() -> None:
    with pytest.raises(ScriptFailed, match="line 2(.|\n)*ValueError: why"):
        run("print('before')\nraise ValueError('why')", {})


def test_it_is_micropython() -> None:
    assert run("import sys\nprint(sys.implementation.name)", {}) == "micropython\n"
