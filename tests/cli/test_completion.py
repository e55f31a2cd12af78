"""Shell completion: scripts for three shells, and what they are answered."""

import shutil
import subprocess

import pytest


@pytest.mark.parametrize(
    ("shell", "words"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --no-files")]
)
def test_the_script_of_a_shell(ticktap, shell, words):
    done = ticktap("completion", shell)
    assert done.code == 0
    assert words in done.out
    assert "_TICKTAP_COMPLETE" in done.out


def test_bash_reads_the_script(ticktap):
    bash = shutil.which("bash")
    assert subprocess.run([bash, "-n"], input=ticktap("completion", "bash").out.encode(), check=True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ticktap acc", {"account"}),
        ("ticktap account re", {"remove", "rename"}),
        ("ticktap clock s", {"show", "sync"}),
        ("ticktap account suffix alice ", {"none", "enter", "tab"}),
        ("ticktap --de", {"--device", "--debug"}),
        ("ticktap code --ti", {"--timeout"}),
    ],
)
def test_words_are_completed(ticktap, token, typed, expected):
    last = len(typed.split()) - (not typed.endswith(" "))
    done = ticktap(_TICKTAP_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=str(last))
    assert {line.partition(",")[2] for line in done.out.splitlines()} == expected
    assert token.calls == [], "completing disturbs no token"


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", ".local/share/bash-completion/completions/ticktap"),
        ("zsh", ".zsh/completions/_ticktap"),
        ("fish", ".config/fish/completions/ticktap.fish"),
    ],
)
def test_it_installs_where_the_shell_looks(ticktap, shell, place):
    settings = ticktap.home / ".zshrc"
    settings.write_text("alias x=y\n")
    for _ in range(2):
        assert str(ticktap.home / place) in ticktap("completion", shell, "--install").out
    assert (ticktap.home / place).read_text() == ticktap("completion", shell).out.removesuffix("\n")
    told = settings.read_text()
    assert told.startswith("alias x=y\n") and told.count("fpath=") == (shell == "zsh")


def test_without_a_shell_the_choices_are_named(ticktap):
    done = ticktap("completion")
    assert done.code == 2
    assert "\n  bash,\n  zsh,\n  fish" in done.err
