"""Tracebacks as CircuitPython prints them: firmware frames only, paths as on the drive."""

from __future__ import annotations

from types import TracebackType


def format_exception(error: BaseException) -> str:
    """The text that the console shows for `error`."""
    lines = ["Traceback (most recent call last):\n"]
    tb: TracebackType | None = error.__traceback__
    while tb is not None:
        code = tb.tb_frame.f_code
        if not code.co_filename.startswith(("/", "<")) and ":" not in code.co_filename:
            lines.append(f'  File "{code.co_filename}", line {tb.tb_lineno}, in {code.co_name}\n')
        tb = tb.tb_next
    if isinstance(error, SyntaxError):
        lines.append(f'  File "{error.filename}", line {error.lineno}\n')
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    lines.append(f"{type(error).__name__}: {text}\n" if text else f"{type(error).__name__}: \n")
    return "".join(lines)
