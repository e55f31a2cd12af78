"""The unplug campaign: commands, and the cable pulled at every byte sent and heard, and in between.

What the token has afterwards must be what it had before, or what the whole command makes of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from support.canaries import Mark
from support.unpluggable_desk import PIN, Cut, Desk, Ended
from ticktap.otp.account import Account

NEW = Mark("unplugged")
URI = f"otpauth://totp/Example:new?secret={NEW.base32}&issuer=Example"
HOTP_URI = f"otpauth://hotp/Example:new?secret={NEW.base32}&issuer=Example&counter=3"
MOMENTS_MS = [
    each / 4 for each in range(1, 41)
]  # after a request: while it is read, carried out and answered
COMMANDS: dict[str, tuple[list[str], str]] = {
    "account add": (["account", "add"], URI),
    "account add, counter": (["account", "add"], HOTP_URI),
    "account rename": (["account", "rename", "alice", "--name", "renamed"], ""),
    "account remove": (["account", "remove", "alice", "--force"], ""),
    "account move": (["account", "move", "alice", "3"], ""),
    "account default": (["account", "default", "carol"], ""),
    "account suffix": (["account", "suffix", "alice", "enter"], ""),
    "account list": (["account", "list"], ""),
    "settings set": (["settings", "set", "inter_key_ms=5", "start_delay_ms=20", "min_remaining_s=3"], ""),
    "token rename": (["token", "rename", "other"], ""),
    "token claim": (["token", "claim"], ""),
    "pin set": (["pin", "set"], PIN),
    "token compact": (["token", "compact"], ""),
    "token reset": (["token", "reset", "--force"], ""),
    "code": (["code", "alice"], ""),
    "type": (["type", "bob"], ""),
    "info": (["info"], ""),
}


@dataclass(frozen=True)
class Trial:
    """One pull of the cable. `kind` is "before", "after" or what is wrong."""

    command: str
    cut: Cut
    ended: Ended
    kind: str


class Campaign:
    """Makes the token that each trial begins with, and judges what the trial leaves."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        with desk.client() as client:
            client.allow_changes()
            for name, kind in (("alice", "totp"), ("bob", "hotp"), ("carol", "steam")):
                account = Account("Example", name, Mark(name).secret, kind)  # type: ignore[arg-type]
                client.add(account.to_params())
            client.rename_token("desk")
        desk.keep()

    def trials(self, command: str, stride: int = 1, after: int | None = None) -> Iterator[Trial]:
        """Every `stride`-th of the command's cuts, or only of those that follow request number `after`."""
        words, stdin = COMMANDS[command]
        before = self._state_of(self.desk.memory)
        whole = self.desk.command(words, stdin)
        assert whole.code == 0, whole.err
        result = self.desk.state()
        chosen = [cut for cut in cuts(whole) if after is None or cut.request == after]
        for cut in chosen[::stride]:
            ended = self.desk.command(words, stdin, cut)
            yield Trial(command, cut, ended, self._judge(ended, before, result))

    def _state_of(self, memory: bytes) -> dict[str, Any]:
        self.desk.replug(memory)
        return self.desk.state()

    def _judge(self, ended: Ended, before: dict[str, Any], after: dict[str, Any]) -> str:
        if not ended.is_clean:
            return "not a clean error"
        state = self.desk.state()
        if state == before:
            return "before" if ended.code or before == after else "success that did nothing"
        if state == after or _but_for_counters(state) == _but_for_counters(after):
            return "after"
        return f"half-made: {_differences(state, before, after)}"


def cuts(whole: Ended) -> Iterator[Cut]:
    """Every place in which the cable can go during a command that, uncut, ended like `whole`.

    Of a reply a host takes the whole line or nothing, so there is one cut to each (support/two_hosts.py cuts
    its bytes).
    """
    for byte in range(whole.sent):
        yield Cut(sent=byte)
    for end in whole.reply_ends:
        yield Cut(heard=end - 1)
    for request in range(1, whole.requests):  # the first is hello, which changes nothing
        for moment in MOMENTS_MS:
            yield Cut(request=request, later_ms=moment)


def _but_for_counters(state: dict[str, Any]) -> dict[str, Any]:
    """A counter may be spent and its code not have arrived, or not be spent yet."""
    return {**state, "accounts": [{**account, "counter": 0} for account in state["accounts"]]}


def _differences(state: dict[str, Any], before: dict[str, Any], after: dict[str, Any]) -> str:
    return ", ".join(name for name in state if state[name] not in (before[name], after[name]))


def tally(trials: list[Trial]) -> Counter[str]:
    """How often each kind."""
    return Counter(trial.kind for trial in trials)


def left_behind(trial: Trial) -> str:
    """For an enrolment that failed and whose account is on the token, else "": what the error said of it.

    "told": that it is there, and its number. "hinted": that it may be, because its number never came.
    """
    if not trial.command.startswith("account add") or trial.kind != "after" or not trial.ended.code:
        return ""
    if "may be on the token" in trial.ended.err:
        return "hinted"
    return "told" if "on the token" in trial.ended.err else "untold"
