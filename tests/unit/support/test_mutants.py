"""The tool of mutation tests: what it changes, which tests it chooses, and that no declaration is stale."""

import importlib
import importlib.util
import os
import signal
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[3] / "tools"


@pytest.fixture(scope="module")
def tool():
    """tools/mutants.py and its modules."""
    sys.path.insert(0, str(TOOLS))
    try:
        spec = importlib.util.spec_from_file_location("mutants", TOOLS / "mutants.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(TOOLS))


def changes(tool, source):
    return {each.change for each in tool.mutants_of("m.py", source) if each.valid}


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("x = a < b", {"x = a <= b", "x = a >= b"}),
        ("x = a is not b", {"x = a is b"}),
        ("x = a not  in b", {"x = a in b"}),
        ("x = (a) == (b)", {"x = (a) != (b)"}),
        ("x = a + b", {"x = a - b"}),
        ("x = a or b and c", {"x = a and b and c", "x = a or b or c"}),
        ("x = not a", {"x = (a)"}),
        ("x = 0", {"x = 1"}),
        ("x = 7", {"x = 8", "x = 6"}),
        ("x = True", {"x = False"}),
        ("x = 'key'", {"x = 'keyX'"}),
        ("x = 'words for people'", set()),
        ("x = b'A'", {"x = b'@'"}),
        ("x = 'é' + y", {"x = 'éX' + y", "x = 'é' - y"}),  # positions are counted in bytes
        ("x: 'T' = y", set()),
        ("x = f'{a + 1}'", set()),
        ("f(a)", {"pass"}),
        ("x += y", {"pass"}),
        ("x = [a for a in b if a]", {"x = [a for a in b if (not (a))]"}),
        ("x = Literal['a', 'b']", set()),
        ("import a", set()),
        ("__all__ = ['a']", set()),
        ("'''Text.'''", set()),
    ],
)
def test_a_line_and_its_mutants(tool, line, becomes):
    assert changes(tool, line) == {f"- {line}\n+ {each}" for each in becomes}


SOURCE = '''\
LIMIT = 3


class Counter:
    def next(self, by=1):
        """The next."""
        if self.on:
            return self.value + by
        for _ in range(9):
            break
        raise ValueError
'''


def test_functions_and_lines(tool):
    found = {(each.function, each.line, each.last, each.change) for each in tool.mutants_of("m.py", SOURCE)}
    assert found == {
        ("", 1, 1, "- LIMIT = 3\n+ LIMIT = 4"),
        ("", 1, 1, "- LIMIT = 3\n+ LIMIT = 2"),
        ("", 5, 5, "- def next(self, by=1):\n+ def next(self, by=2):"),
        ("", 5, 5, "- def next(self, by=1):\n+ def next(self, by=0):"),
        ("Counter.next", 7, 7, "- if self.on:\n+ if (not (self.on)):"),
        ("Counter.next", 8, 8, "- return self.value + by\n+ return None"),
        ("Counter.next", 8, 8, "- return self.value + by\n+ return self.value - by"),
        ("Counter.next", 9, 9, "- for _ in range(9):\n+ for _ in range(10):"),
        ("Counter.next", 9, 9, "- for _ in range(9):\n+ for _ in range(8):"),
        ("Counter.next", 10, 10, "- break\n+ continue"),
        ("Counter.next", 11, 11, "- raise ValueError\n+ pass"),
    }


def test_the_diff_has_file_and_line(tool):
    mutant = tool.mutants_of("host/m.py", SOURCE)[0]
    assert mutant.diff.splitlines()[:4] == ["--- host/m.py", "+++ host/m.py", "@@ -1,3 +1,3 @@", "-LIMIT = 3"]


def test_a_sample_follows_from_its_seed(tool):
    module = "firmware/fob/store/settings.py"
    first = tool.sample(module, 5, 1)
    assert len(first) == 5 and first == tool.sample(module, 5, 1) != tool.sample(module, 5, 2)
    assert [each.line for each in first] == sorted(each.line for each in first)


def test_modules_are_chosen_by_the_beginning_of_their_path(tool):
    assert tool.places.modules(["fob/otp"], None) == [
        f"firmware/fob/otp/{name}.py" for name in ("account", "code_cache", "otp")
    ]
    assert tool.places.modules(["formats/aegis", "host/ticktap/verifier/sign_in.py"], None) == [
        "host/ticktap/formats/aegis.py",
        "host/ticktap/verifier/sign_in.py",
    ]


REACH = {
    "tests": [
        "t/test_b.py::slow",
        "t/test_c.py::one",
        "t/test_b.py::fast",
        "t/test_m.py::own",
        "t/test_c.py::bad",
    ],
    "seconds": {
        "t/test_c.py::elsewhere": 1,
        "t/test_b.py::slow": 4,
        "t/test_c.py::one": 3,
        "t/test_b.py::fast": 1,
        "t/test_m.py::own": 9,
        "t/test_c.py::bad": 0,
    },
    "failed": ["t/test_c.py::bad"],
    "imports": {"firmware/fob/m.py": ["t/test_b.py::slow", "t/test_b.py::fast", "t/test_c.py::elsewhere"]},
    "lines": {"firmware/fob/m.py": {"1": [-1], "7": [0, 1, 2, 3, 4], "8": [2]}},
}


@pytest.mark.parametrize(
    ("change", "budget", "tests"),
    [
        ("return self.value - by", 99, ["b.py::fast"]),
        ("if (not (self.on)):", 99, ["m.py::own", "b.py::fast", "c.py::one", "b.py::slow"]),
        ("if (not (self.on)):", 13, ["m.py::own", "b.py::fast", "c.py::one"]),
        ("if (not (self.on)):", 1, ["m.py::own"]),
        ("LIMIT = 4", 10, ["m.py::own", "b.py::fast"]),  # outside functions: the tests of any line
        # and then the others that import it
        ("LIMIT = 4", 99, ["m.py::own", "b.py::fast", "c.py::one", "b.py::slow", "c.py::elsewhere"]),
        ("break", 99, []),
    ],
)
def test_tests_that_run_the_line_are_chosen(tool, change, budget, tests):
    mutants = tool.mutants_of("firmware/fob/m.py", SOURCE.replace("break", "continue"))
    (mutant,) = (each for each in mutants if each.change.endswith(f"+ {change}"))
    assert tool.Plan(REACH, budget).tests(mutant) == [f"t/test_{name}" for name in tests]


def test_no_declaration_is_stale(tool):
    assert tool.equivalents.stale() == []
    assert all(len(each.reason) > 20 for each in tool.equivalents.declared())


# --- verdicts


@pytest.fixture
def worker(tool, tmp_path, monkeypatch):
    """mutation/worker.py, its log in a folder of the test."""
    module = importlib.import_module("mutation.worker")
    monkeypatch.setattr(module, "LOG", tmp_path / "log.txt")
    monkeypatch.setattr(module, "IDLE_S", 0.2)
    monkeypatch.setattr(module, "LOOK_S", 0.1)
    return module


def busy():
    while True:
        pass


def fails(worker):
    worker._say("test_x")
    os._exit(1)


@pytest.mark.parametrize(
    ("run", "verdict", "by"),
    [
        (lambda worker: None, "survived", ""),
        (fails, "killed", "test_x"),
        (
            lambda worker: 1 // 0,
            "killed",
            "outside of tests: ZeroDivisionError('integer division or modulo by zero')",
        ),
        (lambda worker: os.kill(os.getpid(), signal.SIGTERM), "killed", ""),
        (lambda worker: busy(), "time-out", ""),
        (lambda worker: signal.pause(), "time-out", ""),
    ],
)
def test_a_verdict(worker, run, verdict, by):
    result = worker._trial({"number": 7, "limit": 1}, lambda: run(worker))
    assert result == {"number": 7, "verdict": verdict, "by": by}


CODE = """
def outer(x):
    def inner():
        return x + 1
    return inner

class Box:
    @staticmethod
    def size():
        return 2 < 3
"""


def test_code_is_replaced_in_functions_that_others_have_imported(worker, tmp_path, monkeypatch):
    monkeypatch.setattr(worker, "TREE", tmp_path)
    space = {}
    exec(compile(CODE, str(tmp_path / "m.py"), "exec"), space)
    size, made, outer = space["Box"].size, space["outer"](1), space["outer"]
    after = CODE.replace("x + 1", "x - 1").replace("2 < 3", "2 >= 3")
    mutant = {"module": "m.py", "before": CODE, "after": after}
    pairs = worker._replaced(mutant, worker._functions())
    for function, code in pairs:
        function.__code__ = code
    assert (size(), made(), outer(1)(), space["Box"].size()) == (False, 0, 0, False)
    assert worker._replaced(mutant | {"module": "other.py"}, worker._functions()) is None


def test_another_trees_modules_are_refused(worker, tmp_path, monkeypatch):
    import ticktap

    monkeypatch.setattr(worker, "TREE", tmp_path)
    with pytest.raises(pytest.exit.Exception, match="is not the copy's"):
        worker._Place([]).pytest_collection_finish()
    monkeypatch.setattr(worker, "TREE", Path(ticktap.__file__).parents[2])
    worker._Place(["host/ticktap/__init__.py"]).pytest_collection_finish()


def test_the_figures_of_a_run_replace_those_of_its_modules(tool, tmp_path, monkeypatch):
    figures = tool.figures
    monkeypatch.setattr(figures, "FIGURES", tmp_path / "mutants.json")
    monkeypatch.setattr(figures, "DOCUMENT", tmp_path / "campaigns.md")
    figures.DOCUMENT.write_text(f"before\n{figures.BEGIN}\nold\n{figures.END}\nafter\n")
    aegis, otp = "host/ticktap/formats/aegis.py", "firmware/fob/otp/otp.py"
    figures.keep({aegis: ["survived"], otp: ["killed"]}, 1)
    figures.keep({aegis: ["killed", "killed", "time-out", "survived", "equivalent"], "gone.py": []}, 7)
    figures.write()
    lines = figures.DOCUMENT.read_text().splitlines()
    assert (lines[0], lines[-1]) == ("before", "after")
    assert "| **`host/ticktap/formats/`** | **5** | **2** | **1** | **1** | **1** | **75 %** | | |" in lines
    date = figures.kept()[aegis]["date"]
    assert f"| `aegis.py` | 5 | 2 | 1 | 1 | 1 | 75 % | 7 | {date} |" in lines
    assert f"| `otp.py` | 1 | 1 | 0 | 0 | 0 | 100 % | 1 | {date} |" in lines
    assert "gone.py" not in figures.kept()
