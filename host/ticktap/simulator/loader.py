"""A private import system for one run of firmware.

Firmware modules are in this loader's dictionary and never in `sys.modules`, so two machines, or a machine
and the test that drives it, can have different modules of the same name. Imports arrive through the
`__import__` in the `__builtins__` of each module. Order, as on the chip: modules built into CircuitPython,
then the folders of sys.path: the drive's root and its /lib. Nothing else exists: `import enum` fails as
on the chip. A compiled module is refused, as by a CircuitPython that does not support its format.
"""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import NATIVE
from ticktap.simulator.source_rewriter import EXCEPT_HOOK, LOOP_HOOK, compile_firmware

LARGEST_SOURCE = 56 * 1024  # bytes; the compiler runs out of memory with more
_BUILTINS = """
    __build_class__ bool bytes bytearray complex dict enumerate filter float frozenset int list map
    memoryview object property range reversed set slice str super tuple type zip classmethod
    staticmethod Ellipsis NotImplemented abs all any bin callable chr compile delattr dir divmod
    eval exec getattr setattr globals hasattr hash hex id isinstance issubclass iter len locals max
    min next oct ord pow repr round sorted sum BaseException ArithmeticError AssertionError
    AttributeError EOFError Exception GeneratorExit ImportError IndentationError IndexError
    KeyboardInterrupt KeyError LookupError MemoryError NameError NotImplementedError OSError
    TimeoutError ConnectionError BrokenPipeError OverflowError RuntimeError StopAsyncIteration
    StopIteration SyntaxError SystemExit TypeError UnicodeError ValueError ZeroDivisionError Warning
    FutureWarning
"""


class Loader:
    """The modules of one run of firmware."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.modules: dict[str, ModuleType] = {}
        self.builtins: dict[str, Any] = {name: getattr(builtins, name) for name in _BUILTINS.split()}
        self.builtins |= {
            "__import__": self.import_,
            "print": self._print,
            "open": self._open,
            LOOP_HOOK: chip.loop_pass,
            EXCEPT_HOOK: chip.power_check,
        }

    def run(self, filename: str) -> None:
        """Runs a file of the drive as `__main__`; its exceptions propagate."""
        source = self._chip.drive.get(filename)
        if source is not None:
            self._execute(ModuleType("__main__"), source, filename)

    def import_(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        """`__import__` for firmware, with Python's meaning."""
        if name == "__future__" and level == 0:
            return importlib.import_module("__future__")
        if level:
            name = _absolute(name, str((globals or {}).get("__package__", "")), level)
        module = self._load(name)
        if not fromlist:
            return self._load(name.partition(".")[0])
        for item in fromlist:
            if item != "*" and not hasattr(module, item) and hasattr(module, "__path__"):
                self._try_load(f"{name}.{item}")
        return module

    def _try_load(self, name: str) -> None:
        """Ignores a missing submodule: the `from` statement reports it."""
        if self._find(name) is not None:
            self._load(name)

    def _load(self, name: str) -> ModuleType:
        if name in self.modules:
            return self.modules[name]
        parent_name, _, leaf = name.rpartition(".")
        parent = self._load(parent_name) if parent_name else None
        inner = getattr(parent, leaf, None)
        if isinstance(inner, ModuleType):
            self.modules[name] = inner
            return inner
        if parent is None and name in NATIVE:
            module = importlib.import_module(f"ticktap.simulator.modules.{name}").build(self._chip)
            self.modules[name] = module
            if name == "sys":
                module.modules = self.modules
            return module  # type: ignore[no-any-return]
        module = self._load_file(name)
        if parent is not None:
            setattr(parent, leaf, module)
        return module

    def _find(self, name: str) -> tuple[str, bool] | None:
        """Returns the path of a module's source, and whether it is a package. A folder without an
        `__init__.py` is one too, and its path ends with a slash.
        """
        parent, _, leaf = name.rpartition(".")
        folders = list(getattr(self.modules[parent], "__path__", [])) if parent else self._folders()
        for folder in folders:
            path = f"{folder}{leaf}"
            if self._chip.drive.get(f"{path}/__init__.py") is not None:
                return f"{path}/__init__.py", True
            if any(each.startswith(f"{path}/") for each in self._chip.drive.files):
                return f"{path}/", True
            if self._chip.drive.get(f"{path}.py") is not None:
                return f"{path}.py", False
            if self._chip.drive.get(f"{path}.mpy") is not None:
                raise ValueError("incompatible .mpy file")
        return None

    def _folders(self) -> list[str]:
        """The folders of sys.path, which firmware may change."""
        sys = self.modules.get("sys")
        paths = ["", "/", "/lib"] if sys is None else sys.path
        return [f"{path.strip('/')}/".lstrip("/") for path in paths]

    def _load_file(self, name: str) -> ModuleType:
        found = self._find(name)
        if found is None:
            raise ImportError(f"no module named '{name}'")
        path, is_package = found
        module = ModuleType(name)
        module.__package__ = name if is_package else name.rpartition(".")[0]
        if is_package:
            module.__path__ = [path.removesuffix("__init__.py")]
        self.modules[name] = module
        if path.endswith("/"):
            return module
        try:
            self._execute(module, self._chip.drive.files[path], path)
        except BaseException:
            self.modules.pop(name, None)
            raise
        return module

    def _execute(self, module: ModuleType, source: bytes, filename: str) -> None:
        if len(source) > LARGEST_SOURCE:
            raise MemoryError(f"memory allocation failed, {filename} is too long to compile on the chip")
        self._chip.consume_time(0)
        module.__dict__["__builtins__"] = self.builtins
        module.__dict__["__file__"] = filename
        exec(compile_firmware(source, filename), module.__dict__)

    def _print(self, *values: object, sep: str = " ", end: str = "\n", file: Any = None) -> None:
        text = sep.join(str(value) for value in values) + end
        if file is not None:
            file.write(text)
        else:
            self._chip.consume_time()
            self._chip.print(text)

    def _open(self, path: str, mode: str = "r") -> object:
        self._chip.consume_time()
        return self._chip.drive.open(path, mode)


def _absolute(name: str, package: str, level: int) -> str:
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - level + 1])
    if not base:
        raise ImportError("can't perform relative import")
    return f"{base}.{name}" if name else base
