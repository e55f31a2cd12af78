"""ticktap completion SHELL: the shell completion script for ticktap."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from ticktap.cli.framework.lazy_commands import Command
from ticktap.errors import BadInput

ZSH_LINES = "\n# ticktap's completion\nfpath=({folder} $fpath)\nautoload -Uz compinit && compinit\n"


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]), metavar="SHELL")
@click.option("--install", is_flag=True, help="Install it in the user's completion folder.")
def completion(shell: str, install: bool) -> str:
    """Print the completion script of a shell, or install it.

    \b
    bash: ~/.local/share/bash-completion/completions/ticktap
    zsh:  ~/.zsh/completions/_ticktap, and a line in ~/.zshrc
    fish: ~/.config/fish/completions/ticktap.fish
    """
    script = script_for(shell)
    return _install(shell, script) if install else script


def script_for(shell: str) -> str:
    """Returns the script. BadInput: click does not support the shell."""
    from click.shell_completion import get_completion_class

    from ticktap.cli.main import COMPLETE

    root = click.get_current_context().find_root()
    maker = get_completion_class(shell)
    if maker is None:
        raise BadInput(f"this version of click does not support completion for {shell}", "Update click.")
    # ShellComplete.source() checks the shell's version first, but a script may be made on another computer.
    made = maker(root.command, {}, "ticktap", COMPLETE)
    return made.source_template % made.source_vars()


def place(shell: str, home: Path, environ: Mapping[str, str]) -> Path:
    """Returns the user's folder of completion scripts (bash-completion 2, fish 3; zsh has no default)."""
    if shell == "bash":
        data = environ.get("XDG_DATA_HOME") or home / ".local" / "share"
        return Path(data) / "bash-completion" / "completions" / "ticktap"
    if shell == "fish":
        config = environ.get("XDG_CONFIG_HOME") or home / ".config"
        return Path(config) / "fish" / "completions" / "ticktap.fish"
    return Path(environ.get("ZDOTDIR") or home) / ".zsh" / "completions" / "_ticktap"


def _install(shell: str, script: str) -> str:
    target = place(shell, Path.home(), os.environ)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(script, encoding="utf-8")
        if shell == "zsh":
            _add_to_zshrc(target.parent)
    except OSError as error:
        raise BadInput(
            f"{target} cannot be written ({error.strerror})", f"'ticktap completion {shell}' prints it."
        ) from None
    return f"{target} is written; new {shell} sessions complete ticktap."


def _add_to_zshrc(folder: Path) -> None:
    """Adds the folder to $fpath in .zshrc, once; zsh searches only there."""
    settings = folder.parent.parent / ".zshrc"
    content = settings.read_text(encoding="utf-8", errors="surrogateescape") if settings.exists() else ""
    if str(folder) not in content:
        with settings.open("a", encoding="utf-8") as file:
            file.write(ZSH_LINES.format(folder=folder))
