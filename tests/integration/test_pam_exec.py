"""People sign in through PAM, with lock-out, backup codes and app passwords, and it is all written down."""

import time
from pathlib import Path

import pytest

from integration.pam_exec import PamExec
from signin.desk import ACCOUNT, COUNTED
from ticktap.otp.code_check import code_at
from ticktap.registry import Registry


@pytest.fixture
def registry(tmp_path):
    with Registry.open(tmp_path / "home" / "registry.db") as registry:
        registry.users.add("ann")
        registry.keep(COUNTED, "A1", 1, "ann")
        yield registry


@pytest.fixture
def pam(tmp_path, registry):
    folder = tmp_path / "pam"
    folder.mkdir()
    return PamExec(folder, tmp_path / "home")


def test_a_tokens_codes(registry, pam):
    assert pam.accepts("ann", code_at(COUNTED, 5))
    assert not pam.accepts("ann", code_at(COUNTED, 5))
    assert pam.accepts("ann", code_at(COUNTED, 6))
    assert not pam.accepts("bob", code_at(COUNTED, 7))
    assert [line.event.what for line in registry.audit.lines("ann", 3)] == [
        "signed-in", "sign-in-refused", "signed-in",
    ]  # fmt: skip
    assert registry.audit.check().faults == []


def test_codes_by_the_clock_and_backup_codes(registry, pam):
    registry.keep(ACCOUNT, "B2", 1, "ann")
    backup, *_ = registry.factors.new_backup_codes("ann")
    now = int(time.time())
    codes = {code_at(ACCOUNT, now // 30 + steps) for steps in (0, 1)}  # the step may end meanwhile
    assert any(pam.accepts("ann", code) for code in sorted(codes))
    assert pam.accepts("ann", backup)
    assert not pam.accepts("ann", backup)
    assert registry.factors.backup_codes_left("ann") == 4


def test_eight_wrong_codes_lock_and_an_admin_unlocks(registry, pam):
    registry.set_policy("wait", 0)
    for _ in range(8):
        assert not pam.accepts("ann", "000000")
    assert registry.users.find("ann").locked is not None
    assert not pam.accepts("ann", code_at(COUNTED, 5))
    registry.users.unlock("ann")
    ok = pam.accepts("ann", code_at(COUNTED, 5))
    assert ok, registry.audit.lines("ann", 3)


def test_an_app_password_only_where_its_label_is_asked_for(tmp_path, registry, pam):
    password = registry.factors.new_app_password("ann", "imap")
    folder = tmp_path / "mail"
    folder.mkdir()
    mail = PamExec(folder, tmp_path / "home", "--service", "imap", service="mail")
    assert mail.accepts("ann", password)
    assert not pam.accepts("ann", password)


def test_a_registry_that_cannot_be_read_lets_nobody_in(tmp_path, registry, pam):
    (tmp_path / "home" / "registry.key").chmod(0o644)
    assert not pam.accepts("ann", code_at(COUNTED, 5))
    (tmp_path / "home" / "registry.key").chmod(0o600)
    assert pam.accepts("ann", code_at(COUNTED, 5))
    assert Path(registry.engine.name).exists()
