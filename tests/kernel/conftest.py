"""Fixtures of the kernel bench. Without a CircuitPython image they cannot run; `make kernel` says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel import flash, kernels
from kernel.board_process import BoardProcess
from kernel.command import Ticktap
from kernel.guest_machine import Guest
from kernel.token import KernelToken

# Only `make kernel KERNEL=--everywhere` runs these, because all tests take a quarter of an hour.
LONG = (
    "test_bus.py::test_rebound",
    "test_bus.py::test_reset[num-on]",
    "test_command.py::test_an_owner",
    "test_command.py::test_a_pin",
    "test_command.py::test_interrupted_while_it_waits_for_a_press",
    "test_command.py::test_two_tokens_are_made_ready_at_once",
    "test_newer_kernel.py::test_a_code_is_typed[num-on]",
    "test_programs.py::test_garbage",
    "test_programs.py::test_unplugged_while_a_command_waits[asked]",
    "test_programs.py::test_unplugged_while_a_command_waits[starting]",
    "test_scenarios.py::test_scenario[clock-",
    "test_scenarios.py::test_scenario[lines-",
    "test_scenarios.py::test_scenario[power-maintenance]",
    "test_scenarios.py::test_scenario[power-replugged]",
    "test_scenarios.py::test_scenario[presses-",
    "test_scenarios.py::test_scenario[requests-a_closed_port_drops_the_request]",
    "test_scenarios.py::test_scenario[requests-codes_on_request]",
    "test_scenarios.py::test_scenario[typing-caps_lock_on]",
    "test_scenarios.py::test_scenario[typing-counted_codes]",
    "test_scenarios.py::test_scenario[typing-guard]",
    "test_typing.py::test_a_desktop[us",
    "test_typing.py::test_keypad_and_number_row[de]",
    "test_typing.py::test_keypad_and_number_row[jp]",
    "test_typing.py::test_letters[cz]",
    "test_typing.py::test_letters[de]",
    "test_typing.py::test_letters[jp]",
    "test_typing.py::test_letters[us]",
    "test_typing.py::test_locks_when_plugged_in[num-off-caps-on]",
    "test_typing.py::test_locks_when_plugged_in[num-on",
    "test_users.py::test_without_the_rules",
)
"""Beginnings of tests' names."""

KERNELS = Path(__file__).parents[2] / "build" / "kernel"
NewToken = Callable[..., KernelToken]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--everywhere", True):
        return
    long = [each for each in items if f"{each.path.name}::{each.name}".startswith(LONG)]
    items[:] = [each for each in items if each not in long]
    config.hook.pytest_deselected(items=long)


class Machine:
    """A guest with the boards that can be plugged into it."""

    def __init__(self, series: str) -> None:
        self.guest = Guest(kernels.find(KERNELS, series))
        self.boards = BoardProcess(self.guest)

    def token(self, flash: bytes, **options: object) -> KernelToken:
        """Adds a board, not plugged in yet."""
        return KernelToken(self.boards, self.guest, flash, **options)

    def close(self) -> None:
        self.boards.close()
        self.guest.close()


@pytest.fixture(scope="session")
def machine() -> Iterator[Machine]:
    """Debian 12's own kernel."""
    machine = Machine("6.1")
    yield machine
    machine.close()


@pytest.fixture
def guest(machine: Machine) -> Guest:
    return machine.guest


@pytest.fixture(scope="session")
def blank_flash() -> bytes:
    """The firmware with a store file, nothing stored."""
    return flash.blank_flash()


@pytest.fixture
def new_token(machine: Machine, blank_flash: bytes) -> Iterator[NewToken]:
    """new_token(flash, **options): an unplugged token with a right clock; the flash says what is stored."""
    yield from _tokens(machine, blank_flash)


@pytest.fixture(scope="module")
def new_module_token(machine: Machine, blank_flash: bytes) -> Iterator[NewToken]:
    """The same for tokens that serve all tests of a file."""
    yield from _tokens(machine, blank_flash)


def _tokens(machine: Machine, blank_flash: bytes) -> Iterator[NewToken]:
    tokens: list[KernelToken] = []

    def make(flash: bytes = blank_flash, **options: object) -> KernelToken:
        tokens.append(machine.token(flash, **options))
        return tokens[-1]

    yield make
    for token in tokens:
        token.unplug()
        token.close()


@pytest.fixture
def ticktap(token: KernelToken) -> Ticktap:
    """The command line in the guest that the file's `token` is plugged into."""
    return Ticktap(token)
