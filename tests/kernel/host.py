"""The switches of emulated.host.Host that a real computer has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ticktap.simulator.parts.computers import COMPUTERS

if TYPE_CHECKING:
    from kernel.token import KernelToken


class KernelHost:
    """The guest at the other end of the cable."""

    def __init__(self, token: KernelToken) -> None:
        self._token = token

    def become(self, kind: str) -> None:
        """Its locks are as on a fresh computer of this kind; it cannot be another than Linux."""
        if not kind.startswith("linux"):
            raise ValueError(f"the guest runs Linux and cannot be {kind}")
        self._token.set_locks(num_lock=COMPUTERS[kind].num_lock, caps_lock=False)

    @property
    def connected(self) -> bool:
        """Whether there is a host on the cable; False leaves a board its power and takes its host."""
        return bool(self._token.engine_call("state")["plugged"])

    @connected.setter
    def connected(self, on: bool) -> None:
        if on:
            self._token.plug()
        else:
            self._token.unplug(keep_power=True)
