"""Runs the tests of mutants, in the copy of the tree: `python -m mutation.worker reach|try FILE`.

`reach` runs test files and records which lines each test runs, and how long it takes. `try` then tests
mutants. Each has a process of its own, forked from one in which the tests are imported already: there the
code of the changed functions is replaced. A change outside functions, or in one that runs during import,
is tested in a process forked earlier, before anything of ticktap is imported, and costs some seconds more.
Results are lines of JSON on the descriptor that RESULTS names.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

TREE = Path.cwd()
LOG = TREE.parent / "log.txt"
QUIET = ["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts="]
QUIET += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # of plugins that are imported already
COMMANDS_LIMIT_S = 300  # seconds of work
MEMORY = 4 << 30  # bytes
LOOK_S, IDLE_S = 1.0, 20.0
PRELOADED = (
    *("hypothesis", "PIL.Image", "zxingcpp", "serial", "rich.console", "click", "jinja2", "pskc", "segno"),
    *("qrcode", "nacl.bindings", "pyotp", "sqlite3", "psycopg", "precis_i18n", "keyring", "resvg_py"),
    *("asyncio", "multiprocessing.pool", "cryptography.hazmat.primitives.ciphers.aead"),
    *("cryptography.hazmat.primitives.kdf.scrypt", "cryptography.hazmat.primitives.kdf.argon2"),
)
"""Imported once; what is missing is imported by the tests."""


def main() -> int:
    task, file = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    assert not any(name.split(".")[0] in ("ticktap", "fob") for name in sys.modules)
    asked = json.loads(Path(file).read_text())
    with open(int(os.environ["RESULTS"]), "w", buffering=1, closefd=False) as results:
        if task == "reach":
            for record in _recorded(asked["tests"], asked["modules"]):
                results.write(json.dumps(record) + "\n")
            return 0
        for result in _tried(asked["mutants"]):
            results.write(json.dumps(result) + "\n")
    return 0


# -- what each test runs


class _Recorder:
    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.process_time() - start

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome != "passed":
            self.failed.add(report.nodeid)


def _recorded(tests: list[str], modules: list[str]) -> Iterator[dict[str, Any]]:
    """Yields for each test file the seconds of its tests, and for each module and line the numbers of the
    tests that run it; -1 is import. Every file has a process of its own.
    """
    importlib.import_module("coverage")
    for file in tests:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            _quiet()
            with os.fdopen(write, "w") as result:
                json.dump(_reach(file, modules), result)
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as result:
            text = result.read()
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"{file} cannot be recorded")
        yield {"file": file, **json.loads(text)}


def _reach(file: str, modules: list[str]) -> dict[str, Any]:
    from coverage import Coverage

    # The simulator's firmware has names of the drive, lib/fob/...
    coverage = Coverage(data_file=None, include=["*/fob/*", *(f"*/{module}" for module in modules)])
    recorder = _Recorder(coverage)
    coverage.start()
    pytest.main([*QUIET, file], plugins=[recorder, _Place(modules)])
    coverage.stop()
    data = coverage.get_data()
    names = sorted(recorder.seconds)
    number = {name: at for at, name in enumerate(names)}
    lines: dict[str, dict[int, list[int]]] = {}
    for path in data.measured_files():
        for line, contexts in data.contexts_by_lineno(path).items():
            here = lines.setdefault(_module(path), {}).setdefault(line, [])
            here += [number.get(each, -1) for each in contexts]
    seconds = [round(recorder.seconds[name], 3) for name in names]
    return {"tests": names, "seconds": seconds, "failed": sorted(recorder.failed), "lines": lines}


def _module(path: str) -> str:
    name = Path(path).as_posix()
    if "/fob/" in name and "/host/" not in name:
        return f"firmware/fob/{name.rpartition('/fob/')[2]}"
    return Path(name).relative_to(TREE).as_posix()


class _Place:
    """Refuses to test code that is not the copy's."""

    def __init__(self, files: list[str]) -> None:
        self._files = files

    def pytest_collection_finish(self) -> None:
        for file in self._files:
            module = sys.modules.get(_import_name(file))
            if module is not None and Path(str(module.__file__)) != TREE / file:
                pytest.exit(f"{module.__file__} is not the copy's", 3)
        ticktap = importlib.import_module("ticktap")
        if not Path(str(ticktap.__file__)).is_relative_to(TREE):
            pytest.exit(f"{ticktap.__file__} is not the copy's", 3)
        if any(file.startswith("firmware/") for file in self._files):
            _keep_drive()


def _keep_drive() -> None:
    """Has the tests use the drive that was built without a mutant. Mutants of firmware reach the simulator by
    `_in_simulator`, not by a new build.
    """
    original = importlib.import_module("ticktap.drive.build").find_drive
    for module in list(sys.modules.values()):
        if getattr(module, "__dict__", {}).get("find_drive") is original:
            module.find_drive = lambda: TREE / "dist" / "CIRCUITPY"  # type: ignore[attr-defined]


def _import_name(file: str) -> str:
    return file.removeprefix("host/").removeprefix("firmware/").removesuffix(".py").replace("/", ".")


# -- mutants


def _tried(mutants: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Tests mutants; those inside functions first, in processes that have the tests imported."""
    waiting: list[dict[str, Any]] = []
    at = {each["number"]: place for place, each in enumerate(mutants)}
    inside = [each for each in mutants if each["inside"]]
    late = [each for each in mutants if not each["inside"]]
    if inside:
        refused = []
        for result in _session(inside):
            if result["verdict"] == "outside":
                refused.append(mutants[at[result["number"]]])
            else:
                yield from _unless_commands(mutants[at[result["number"]]], result, waiting)
        late += refused
    for mutant in late:
        with _written(mutant):
            result = _trials(mutant)
        yield from _unless_commands(mutant, result, waiting)
    for mutant in waiting:
        with _written(mutant):
            all_of_them = mutant | {"tests": None, "limit": COMMANDS_LIMIT_S}
            yield _trial(all_of_them, lambda mutant=all_of_them: _fresh(mutant))


def _trials(mutant: dict[str, Any]) -> dict[str, Any]:
    """Tests a mutant with the tests of the first file, and if it survives with the others: to import all of
    them takes longer than most tests.
    """
    first = [
        each for each in mutant["tests"] if each.partition("::")[0] == mutant["tests"][0].partition("::")[0]
    ]
    result: dict[str, Any] = {}
    for tests in (first, [each for each in mutant["tests"] if each not in first]):
        if tests or not result:
            result = _trial(mutant, lambda tests=tests: _fresh(mutant | {"tests": tests}))
        if result["verdict"] != "survived":
            break
    return result


def _unless_commands(
    mutant: dict[str, Any], result: dict[str, Any], waiting: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yields a result. A survivor waits until last for the tests of commands, which take minutes."""
    if result["verdict"] == "survived" and mutant["commands"]:
        waiting.append(mutant)
    else:
        yield result


def _session(mutants: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yields the results that a child with all tests imported writes."""
    files = sorted({test.partition("::")[0] for each in mutants for test in each["tests"]})
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _quiet()
        with os.fdopen(write, "w", buffering=1) as results:
            code = pytest.main([*QUIET, *files], plugins=[_Session(mutants, results)])
            results.flush()
        os._exit(int(code))
    os.close(write)
    try:
        with os.fdopen(read) as results:
            for line in results:
                yield json.loads(line)
    except BaseException:
        os.kill(child, signal.SIGTERM)
        raise
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"the tests could not be collected; see {LOG}")


class _Session:
    """Tests mutants in place of running the collected tests."""

    def __init__(self, mutants: list[dict[str, Any]], results: Any) -> None:
        self._mutants = mutants
        self._results = results

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        _Place([each["module"] for each in self._mutants]).pytest_collection_finish()
        items = {item.nodeid: item for item in session.items}
        functions = _functions()
        gc.collect()
        gc.freeze()
        for mutant in self._mutants:
            pairs = _replaced(mutant, functions)
            if pairs is None:
                self._results.write(json.dumps({"number": mutant["number"], "verdict": "outside"}) + "\n")
                continue
            chosen = [items[name] for name in mutant["tests"] if name in items]
            with _written(mutant):
                result = _trial(mutant, lambda m=mutant, p=pairs, c=chosen: _in_place(m, p, c))
            self._results.write(json.dumps(result) + "\n")
        return True


def _functions() -> dict[tuple[str, str, int], list[types.FunctionType]]:
    """Returns the functions of the copy, by file, name and line."""
    found: dict[tuple[str, str, int], list[types.FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is types.FunctionType and each.__code__.co_filename.startswith(str(TREE)):
            found.setdefault(_key(each.__code__), []).append(each)
    return found


def _key(code: types.CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _replaced(
    mutant: dict[str, Any], functions: Any
) -> list[tuple[types.FunctionType, types.CodeType]] | None:
    """Returns the functions whose code differs, and that code; None if it cannot be replaced."""
    path = str(TREE / mutant["module"])
    before, after = (
        list(_codes(compile(mutant[name], path, "exec", dont_inherit=True))) for name in ("before", "after")
    )
    # Lines may differ, in the functions below a change.
    names = [[(each.co_qualname, each.co_freevars) for each in codes] for codes in (before, after)]
    if names[0] != names[1]:
        return None
    pairs = []
    for old, new in zip(before, after, strict=True):
        if _differs(old, new):
            pairs += [(function, new) for function in functions.get(_key(old), [])]
    # The simulator imports firmware for itself (_in_simulator).
    return pairs if pairs or mutant["module"].startswith("firmware/") else None


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """Every code object in one, the module's own not included."""
    for each in code.co_consts:
        if isinstance(each, types.CodeType):
            yield each
            yield from _codes(each)


def _differs(old: types.CodeType, new: types.CodeType) -> bool:
    return old != new or old.co_code != new.co_code


def _in_place(mutant: dict[str, Any], pairs: Any, items: list[pytest.Item]) -> None:
    if not items:
        return
    for function, code in pairs:
        function.__code__ = code
    _in_simulator(mutant)
    items[0].config.pluginmanager.register(_Stop(mutant))
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _fresh(mutant: dict[str, Any]) -> None:
    tests = mutant["tests"]
    if tests is None:
        files = mutant["commands"]
    else:
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        if not files:
            return
    code = pytest.main([*QUIET, *files], plugins=[_Place([mutant["module"]]), _Chosen(mutant), _Stop(mutant)])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        _say("the collection" if code != 3 else "REFUSED")
        os._exit(1)


class _Chosen:
    """Keeps only the mutant's tests, in their order."""

    def __init__(self, mutant: dict[str, Any]) -> None:
        self._mutant = mutant

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self._mutant["tests"] is None:
            return
        found = {item.nodeid: item for item in items}
        items[:] = [found[name] for name in self._mutant["tests"] if name in found]

    def pytest_collection_finish(self) -> None:
        _in_simulator(self._mutant)


def _in_simulator(mutant: dict[str, Any]) -> None:
    """Has the simulator compile the mutant in place of the drive's module."""
    if not mutant["module"].startswith("firmware/"):
        return
    loader = importlib.import_module("ticktap.simulator.loader")
    original = loader.compile_firmware
    name = f"lib/{mutant['module'].removeprefix('firmware/')}"
    before, after = mutant["before"].encode(), mutant["after"].encode()

    def compile_firmware(source: bytes, filename: str) -> types.CodeType:
        if filename == name:
            assert source == before, "the drive is not the tree's"
            source = after
        return original(source, filename)

    loader.compile_firmware = compile_firmware


class _Stop:
    """Ends the process at the first failure."""

    def __init__(self, mutant: dict[str, Any]) -> None:
        self._mutant = mutant

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            _say(report.nodeid)
            os._exit(1)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            _say(f"collection of {report.nodeid}")
            os._exit(1)


_SAY = -1


def _say(text: str) -> None:
    os.write(_SAY, text.encode()[:4000])


def _trial(mutant: dict[str, Any], run: Callable[[], None]) -> dict[str, Any]:
    """Runs the tests in a child; returns the verdict, and the test that killed."""
    global _SAY
    sys.stdout.flush()
    sys.stderr.flush()
    read, _SAY = os.pipe()
    child = os.fork()
    if not child:
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.setsid()
            os.close(read)
            _quiet()
            cpu = int(mutant["limit"])
            resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            run()
            code = 0
        except BaseException as error:  # noqa: BLE001 - whatever a mutant does, it has been noticed
            _say(f"outside of tests: {error!r}")
        finally:
            os._exit(code)
    os.close(_SAY)
    try:
        ended = _wait(child)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(read, "rb") as said:
        by = said.read().decode()
    timed_out = not ended or (
        os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
    )
    verdict = "time-out" if timed_out and not by else "killed" if status or by else "survived"
    return {"number": mutant["number"], "verdict": verdict, "by": by}


def _wait(child: int) -> bool:
    """Waits until a child ends; False if all its processes only sleep for IDLE_S.

    Seconds of work are limited by the system (RLIMIT_CPU). A limit of elapsed time would depend on the load
    of the machine.
    """
    idle, before = 0.0, -1
    descriptor = os.pidfd_open(child)
    try:
        while not select.select([descriptor], [], [], LOOK_S)[0]:
            spent, running = _activity(child)
            idle = 0.0 if running or spent != before else idle + LOOK_S
            before = spent
            if idle >= IDLE_S:
                return False
    finally:
        os.close(descriptor)
    return True


def _activity(session: int) -> tuple[int, bool]:
    """Returns the ticks that the processes of a session used, and whether a thread of them wants to run."""
    spent, running = 0, False
    for file in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = file.read_text().rpartition(")")[2].split()
            if int(fields[3]) != session:
                continue
            spent += int(fields[11]) + int(fields[12])
            threads = file.parent.glob("task/*/stat")
            running |= any(each.read_text().rpartition(")")[2].split()[0] in "RD" for each in threads)
    return spent, running


@contextlib.contextmanager
def _written(mutant: dict[str, Any]) -> Iterator[None]:
    """Has the mutant in its file of the copy, for imports and for programs that the tests start."""
    path = TREE / mutant["module"]
    path.write_text(mutant["after"])
    try:
        yield
    finally:
        path.write_text(mutant["before"])


def _quiet() -> None:
    log = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


if __name__ == "__main__":
    sys.exit(main())
