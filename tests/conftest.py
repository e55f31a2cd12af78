"""Makes the firmware's package `fob` importable without its folder on the path, where code.py would hide
the standard library's `code`; and what may be asked of pytest here."""

import importlib.util
import itertools
import signal
import sys
from pathlib import Path

import pytest

_NUMBERS = itertools.count()
_FOB = Path(__file__).parents[1] / "firmware" / "fob"

spec = importlib.util.spec_from_file_location(
    "fob", _FOB / "__init__.py", submodule_search_locations=[str(_FOB)]
)
fob = importlib.util.module_from_spec(spec)
sys.modules["fob"] = fob
spec.loader.exec_module(fob)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores Ctrl-C, and so would every command that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """ticktap's folder is the test's own: ticktap notes there which tokens it knows. It is not made here."""
    home = tmp_path_factory.getbasetemp() / f"home-{next(_NUMBERS)}"
    monkeypatch.setenv("TICKTAP_HOME", str(home))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everywhere",
        action="store_true",
        help="play every scenario and the short soak on real CircuitPython too, not a sample (minutes)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "everywhere: takes long; only --everywhere runs it")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--everywhere"):
        return
    long = [each for each in items if each.get_closest_marker("everywhere")]
    items[:] = [each for each in items if each not in long]
    config.hook.pytest_deselected(items=long)
