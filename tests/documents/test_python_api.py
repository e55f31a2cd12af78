"""docs/python-api.md: its examples run, and each public package says what is public."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import subprocess
import sys
import typing
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/python-api.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)
PACKAGES = [
    "ticktap.otp",
    "ticktap.registry",
    "ticktap.verifier",
    "ticktap.testing.pytest_plugin",
    "ticktap.testing.virtual_client",
]


def test_the_examples_give_what_they_show() -> None:
    examples = [block for block in BLOCKS if ">>>" in block]
    assert len(examples) == 3
    text = "\n".join(examples)
    parsed = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    assert len(parsed.examples) == text.count(">>>")
    printed: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert runner.run(parsed, out=printed.append).failed == 0, "".join(printed)


def test_the_example_of_a_test_passes(tmp_path: Path) -> None:
    (example,) = (block for block in BLOCKS if "def test_" in block)
    file = tmp_path / "test_example.py"
    file.write_text(example, encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", PACKAGES)
def test_every_public_name_is_described_and_typed(name: str) -> None:
    module = importlib.import_module(name)
    assert sorted(module.__all__) == list(module.__all__) and module.__doc__
    for public in module.__all__:
        item = getattr(module, public)
        if typing.get_origin(item) is typing.Literal:
            continue
        item = getattr(item, "__wrapped__", item)
        assert inspect.getdoc(item), public
        if inspect.isclass(item):
            for method, function in vars(item).items():
                function = getattr(function, "__func__", getattr(function, "fget", function))
                if inspect.isfunction(function) and not method.startswith("_"):
                    assert function.__doc__, f"{public}.{method}"
                    assert "return" in function.__annotations__, f"{public}.{method}"
    page = PAGE.read_text(encoding="utf-8")
    assert f".. automodule:: {name}\n   :members:" in page
