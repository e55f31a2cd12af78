"""Old entries go into a sealed file, and the chains can still be checked."""

import pytest

from ticktap.registry import Tampered


@pytest.fixture
def grown(desk):
    """A log of some days: four entries of ann, and of strangers."""
    desk.add()
    for _ in range(4):
        desk.later(86_400)
        assert desk.verify(desk.code()).ok
        desk.verify("000000", "stranger")
    return desk


def entries(desk):
    with desk.registry.engine.reading() as run:
        return run("select count(*) from audit_log").fetchone()[0]


def test_old_entries_are_moved_and_the_rest_is_checked(grown):
    desk, files = grown, []
    anchor = desk.registry.audit.anchor()
    before = entries(desk)
    moved = desk.registry.audit.prune(int(desk.now) - 3600, files.append)
    assert moved == 2 + 3 + 3
    assert entries(desk) == before - moved + 3  # audit-pruned, and the ends twice
    assert desk.registry.audit.check(anchor).faults == []
    desk.later()
    assert desk.verify(desk.code()).ok
    assert desk.registry.audit.check(desk.registry.audit.anchor()).faults == []
    assert desk.registry.audit.check_archive(files[0]) == moved
    for wrong in (files[0].replace(b"ann", b"eve", 1), files[0][:-2], b"", files[0].split(b"\n", 1)[1]):
        with pytest.raises(Tampered):
            desk.registry.audit.check_archive(wrong)


def test_nothing_is_removed_if_the_file_cannot_be_written(grown):
    def fail(_):
        raise ZeroDivisionError

    before = entries(grown)
    with pytest.raises(ZeroDivisionError):
        grown.registry.audit.prune(int(grown.now) - 3600, fail)
    assert entries(grown) == before and grown.registry.audit.check().faults == []


def test_a_changed_log_is_not_sealed(grown):
    with grown.registry.engine.writing() as run:
        run("update audit_log set origin = 'x' where what = 'signed-in'")
    with pytest.raises(Tampered):
        grown.registry.audit.prune(int(grown.now), lambda _: None)


def test_entries_removed_without_an_archive_are_found(grown):
    with grown.registry.engine.writing() as run:
        run("delete from audit_log where user_id > 0 and entry = 1")
        run("update users set pruned = 1")
    assert grown.registry.audit.check().faults
