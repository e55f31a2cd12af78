"""The attributes of emulated.host.Host that also exist with a real computer."""

from __future__ import annotations

from typing import Any, Protocol

from ticktap.simulator.parts.computers import COMPUTERS


class PluggedToken(Protocol):
    """What the host needs of a KernelToken."""

    def plug(self) -> None: ...

    def unplug(self, *, keep_power: bool) -> None: ...

    def set_locks(self, num_lock: bool | None, caps_lock: bool | None) -> None: ...

    def engine_call(self, name: str) -> dict[str, Any]: ...


class KernelHost:
    """The guest at the other end of the cable."""

    def __init__(self, token: PluggedToken) -> None:
        self._token = token

    def become(self, kind: str) -> None:
        """Sets the locks as a computer of this kind has them after its start. ValueError unless it runs
        Linux."""
        if not kind.startswith("linux"):
            raise ValueError(f"the guest runs Linux and cannot be {kind}")
        self._token.set_locks(num_lock=COMPUTERS[kind].num_lock, caps_lock=False)

    @property
    def connected(self) -> bool:
        """Whether the host is connected. Setting False disconnects it but keeps the board's power."""
        return bool(self._token.engine_call("state")["plugged"])

    @connected.setter
    def connected(self, on: bool) -> None:
        if on:
            self._token.plug()
        else:
            self._token.unplug(keep_power=True)
