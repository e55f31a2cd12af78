"""`json` with CircuitPython's arguments and habits: a lenient reader, no sorting, non-ASCII left as it is."""

import json
from types import ModuleType
from typing import Any

from ticktap.simulator import json_reader
from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.timeline import US

NS_PER_CHAR = 4 * US


def build(chip: Chip) -> ModuleType:
    def dumps(obj: Any, separators: tuple[str, str] | None = None) -> str:
        text = json.dumps(obj, separators=separators, ensure_ascii=False)
        chip.consume_time(NS_PER_CHAR * len(text))
        return text

    def loads(text: str | bytes | bytearray) -> Any:
        chip.consume_time(NS_PER_CHAR * len(text))
        return json_reader.loads(text if isinstance(text, str) else text.decode())

    def dump(obj: Any, stream: Any, separators: tuple[str, str] | None = None) -> None:
        stream.write(dumps(obj, separators))

    return make_module("json", dumps=dumps, loads=loads, dump=dump, load=lambda stream: loads(stream.read()))
