"""The output of `ticktap provision`: files for servers and printers, and the summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import output, prompts
from ticktap.errors import BadInput
from ticktap.provisioning.letters import Support

if TYPE_CHECKING:
    from ticktap.provisioning.batch import Batch
    from ticktap.provisioning.plan import Planned
    from ticktap.registry import Registry

Data = dict[str, Any]
_STATES = {
    "done": "finished",
    "free": "not begun",
    "begun": "begun: plug in its token",
    "gone": "finished, but its account is no longer in the registry",
}


@dataclass(frozen=True)
class Folders:
    """The folders of recovery sheets, PIN letters and backup codes; None: not wanted."""

    sheets: Path | None = None
    letters: Path | None = None
    codes: Path | None = None
    support: Support = field(default_factory=Support)


@dataclass
class Written:
    """Written files, accounts left out of them (label, reason), and warnings."""

    files: list[str] = field(default_factory=list)
    unfit: list[tuple[str, str]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OutputOptions:
    """The files to write."""

    labels: Path | None
    exports: tuple[tuple[str, Path], ...]
    encrypt: bool
    force: bool

    def check(self) -> None:
        """Refuses files that could not be written at the end."""
        from ticktap.files import private_files
        from ticktap.provisioning.export import KINDS

        if self.encrypt and not any(KINDS[kind].encrypts for kind, _ in self.exports):
            able = ", ".join(name for name, writer in KINDS.items() if writer.encrypts)
            raise click.UsageError(f"only {able} can be encrypted")
        for path in (self.labels, *(path for kind, path in self.exports if not KINDS[kind].single)):
            if path and path.exists() and not self.force:
                raise private_files.exists(path)
            if path and not path.parent.is_dir():
                raise BadInput(f"there is no folder {path.parent}", "Create it first, or use another file.")

    def password(self) -> str:
        """Asks for the password of the files that can be encrypted."""
        kinds = " and ".join(kind for kind, _ in self.exports if self._encrypts(kind))
        return prompts.new_secret(f"Password of the {kinds} file") if self.encrypt else ""

    def write(self, planned: Sequence[Planned], registry: Registry, password: str) -> Written:
        """Writes all files, with every finished token of the manifest."""
        from ticktap.provisioning import export, letters, plan

        written = Written()
        done = plan.finished(planned, registry) if self.exports else []
        for kind, path in self.exports:
            made = export.export(kind, done, password if self._encrypts(kind) else "")
            for name, content in made.files.items():
                self._write(written, path / name if name else path, content)
            written.unfit += made.unfit
            written.warnings += [f"{kind}: {each}" for each in made.warnings if done]
        if self.labels:
            tokens = [(e.row, e.entry.serial) for e in planned if e.state == "done" and e.entry]
            self._write(written, self.labels, letters.labels(tokens).encode())
        return written

    def _encrypts(self, kind: str) -> bool:
        from ticktap.provisioning.export import KINDS

        return KINDS[kind].encrypts

    def _write(self, written: Written, path: Path, content: bytes) -> None:
        from ticktap.files import private_files

        if not path.parent.exists():
            path.parent.mkdir(mode=0o700)
        private_files.write(path, content, replace=self.force)
        written.files.append(str(path))


def data(
    planned: Sequence[Planned], batch: Batch | None, files: Sequence[str], written: Written | None
) -> Data:
    """Makes the summary described in docs/cli.md."""
    written = written or Written()
    before = batch.queue.before if batch else {each.row.label for each in planned if each.state == "done"}
    return {
        "rows": [
            {
                "line": each.row.line,
                "label": each.row.label,
                "user": each.row.user,
                "account": each.row.account_label,
                "pin": each.row.pin != "none",
                "state": each.state,
                "before": each.row.label in before,
                "serial": each.entry.serial if each.entry else None,
            }
            for each in planned
        ],
        "refused": [
            {"token": each.where, "label": each.label, "reason": each.reason, "remedy": each.remedy}
            for each in (batch.rejected if batch else [])
        ],
        "files": [*files, *written.files],
        "unfit": [{"name": label, "reason": reason} for label, reason in written.unfit],
        "warnings": written.warnings,
        "tokens": [],
        "dry_run": False,
    }


def summary(data: Data) -> str:
    """Formats the summary."""
    rows = [
        {"label": row["label"], "user": row["user"], "account": row["account"], "token": row["serial"]}
        | {"state": _STATES[row["state"]]}
        for row in data["rows"]
    ]
    lines = [output.table(rows)]
    done = sum(row["state"] == "done" for row in data["rows"])
    new = sum(row["state"] == "done" and not row["before"] for row in data["rows"])
    if data["dry_run"]:
        lines.append(f"{done} of {len(rows)} finished; nothing was changed (--dry-run).")
        for each in data["tokens"]:
            fit = f"would continue as {each['label']}" if each["label"] else "would be accepted"
            lines.append(f"Token {each['token']}: {fit if each['fit'] else each['reason']}.")
    else:
        lines.append(f"{done} of {len(rows)} finished, {new} of them now.")
    if data["refused"]:
        lines.append(f"Rejected, or failed: {len(data['refused'])}.")
        lines += [f"  {each['token']}: {each['reason']}" for each in data["refused"]]
    lines += [f"Left out of a file: {each['name']}: {each['reason']}." for each in data["unfit"]]
    lines += [f"Wrote {each}" for each in data["files"]]
    return "\n".join([*lines, *(f"Note: {each}" for each in data["warnings"])])
