"""The flash that emulated lives begin with; days on it are for --everywhere."""

import pytest

from emulated.conftest import firmware_flash

__all__ = ["firmware_flash"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("everywhere"):
        left = [item for item in items if "soak" in item.nodeid and "on_circuitpython" in item.name]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
