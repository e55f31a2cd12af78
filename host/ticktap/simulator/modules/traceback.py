"""`traceback`: firmware frames only."""

from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.tracebacks import format_exception


def build(chip: Chip) -> ModuleType:
    def formatted(error: BaseException, value: Any = None, tb: Any = None, **_: Any) -> list[str]:
        return format_exception(value if isinstance(value, BaseException) else error).splitlines(
            keepends=True
        )

    def show(
        error: BaseException, value: Any = None, tb: Any = None, limit: Any = None, file: Any = None
    ) -> None:
        (file.write if file is not None else chip.print)("".join(formatted(error, value)))

    return make_module("traceback", format_exception=formatted, print_exception=show)
