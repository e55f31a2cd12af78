"""Moving in, losing the token, and a new one: the real command and the unchanged firmware."""

from cli.command import Command
from cli.simulated import Simulated
from cli.test_backup_commands import PASSPHRASE
from formats import writers
from formats.people import EVERYONE, PASSWORD
from ticktap.otp.account import Account

MANY = [Account("Example", f"user{number}@example.com", bytes([number]) * 20) for number in range(60)]


def test_a_lost_token_is_not_a_lost_life(tmp_path):
    export, backup = tmp_path / "export", tmp_path / "my.backup"
    export.write_bytes(writers.aegis_encrypted([*EVERYONE, *MANY], PASSWORD))
    command = Command(tmp_path)
    for name in ("lost", "new"):
        folder = tmp_path / name
        folder.mkdir()
        token = Simulated(command, folder)
        with token.running():
            assert token.pressing("clock", "sync")["ok"]
            words, answers = ["backup", "restore", str(backup)], PASSPHRASE
            if name == "lost":
                words = ["account", "import", str(export), "--backup", str(backup)]
                answers = f"{PASSWORD}\n{PASSPHRASE}\n"
            done = token.pressing(*words, stdin=answers)
            assert done["ok"], done
            assert len(done["data"]["added"]) == len(EVERYONE) + len(MANY)
            done = token.pressing("backup", "verify", str(backup), stdin=PASSPHRASE)
            assert done["ok"], done
            assert (len(done["data"]["both"]), len(done["data"]["proved"])) == (65, 1)
            assert done["data"]["token_only"] == done["data"]["backup_only"] == []
