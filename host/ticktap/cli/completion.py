"""ticktap completion SHELL: the script that teaches a shell to complete ticktap's commands and options."""

from __future__ import annotations

import click

from ticktap.cli.lazy import Command
from ticktap.errors import BadInput


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> str:
    """Print the completion script of a shell.

    \b
    bash: ticktap completion bash > ~/.local/share/bash-completion/completions/ticktap
    zsh:  ticktap completion zsh > a file _ticktap in a folder of $fpath
    fish: ticktap completion fish > ~/.config/fish/completions/ticktap.fish
    """
    from click.shell_completion import get_completion_class

    from ticktap.cli.main import COMPLETE

    root = click.get_current_context().find_root()
    maker = get_completion_class(shell)
    if maker is None:
        raise BadInput(f"this version of click knows no completion for {shell}", "Update click.")
    # ShellComplete.source() looks for the shell's version first, and a script may be made elsewhere.
    script = maker(root.command, {}, "ticktap", COMPLETE)
    return script.source_template % script.source_vars()
