"""The provisioning progress: rows, steps and users' names in the file, read with sqlite3 alone."""

import sqlite3
from contextlib import closing

import pytest

from ticktap.errors import NotFound, Refused
from ticktap.provisioning import progress as module
from ticktap.provisioning.progress import ProvisionProgress, ProvisionProgressError


@pytest.fixture
def clock(monkeypatch):
    """Unix seconds that the test sets."""
    now = [1_800_000_000.9]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


@pytest.fixture
def progress(tmp_path, clock):
    with ProvisionProgress.open(tmp_path / "provisioning.db") as opened:
        yield opened


def stored(progress, query="select * from entries order by rowid"):
    with closing(sqlite3.connect(progress.path)) as connection:
        return connection.execute(query).fetchall()


def test_the_file_is_known_by_its_mark_and_version(progress):
    assert stored(progress, "pragma application_id") == [(int.from_bytes(b"ticp", "big"),)]
    assert stored(progress, "pragma user_version") == [(1,)]


def test_another_programs_file_is_refused(tmp_path):
    path = tmp_path / "provisioning.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("pragma application_id = 1; create table entries (label text);")
    path.chmod(0o600)
    with pytest.raises(ProvisionProgressError):
        ProvisionProgress.open(path)


def test_a_row_is_written_step_by_step(progress, clock):
    progress.begin("A-001", "ann", "E:ann", "DE01")
    row = ("A-001", "ann", None, "E:ann", "DE01", "begun", None, 1_800_000_000, 1_800_000_000)
    assert stored(progress) == [row]
    clock[0] += 10
    progress.reach("A-001", "proved", number=3, user_id=7)
    clock[0] += 10
    progress.reach("A-001", "recorded")  # number and user are kept
    assert stored(progress) == [(*row[:2], 7, *row[3:5], "recorded", 3, 1_800_000_000, 1_800_000_020)]
    entry = progress.of_label("A-001")
    assert (entry.user, entry.user_id, entry.step, entry.number) == ("ann", 7, "recorded", 3)
    assert not entry.done
    progress.reach("A-001", "done")
    assert progress.of_label("A-001").done


def test_a_begun_row_belongs_to_its_token(progress, clock):
    progress.begin("A-001", "ann", "E:ann", "DE01")
    progress.reach("A-001", "claimed", number=3)
    clock[0] += 5
    progress.begin("A-001", "ann", "E:ann", "DE01", user_id=7)  # the same token again
    (entry,) = progress.all()
    assert (entry.step, entry.number, entry.user_id, entry.began) == ("begun", None, 7, 1_800_000_005)
    with pytest.raises(Refused, match="is already assigned to the token DE01"):
        progress.begin("A-001", "ann", "E:ann", "DE02")
    progress.reach("A-001", "done")
    with pytest.raises(Refused):
        progress.begin("A-001", "ann", "E:ann", "DE01")
    assert progress.all()[0].step == "done"


def test_of_several_rows_a_token_has_the_unfinished_or_the_latest_one(progress, clock):
    for label in ("A-003", "A-001", "A-002"):
        progress.begin(label, "ann", "E:ann", "DE01")
        clock[0] += 1
    progress.begin("A-009", "bob", "E:bob", "DE02")
    assert [each.label for each in progress.all()] == ["A-003", "A-001", "A-002", "A-009"]
    progress.reach("A-003", "done")
    progress.reach("A-002", "done")
    assert progress.of_token("DE01").label == "A-001"
    progress.reach("A-001", "done")
    assert progress.of_token("DE01").label == "A-002"
    assert progress.of_token("DE09") is None
    assert progress.of_label("A-008") is None


def test_renamed_users(progress):
    progress.begin("A-001", "ann", "E:ann", "DE01", user_id=1)
    progress.begin("A-002", "bob", "E:bob", "DE02", user_id=2)
    progress.begin("A-003", "cy", "E:cy", "DE03")
    progress.begin("A-004", "dee", "E:dee", "DE04", user_id=4)
    names = {1: "anna", 2: "bob", 3: "cyril"}
    assert [(each.label, each.user) for each in module.renamed(progress.all(), names)] == [("A-001", "anna")]
    progress.update_names(names)
    assert [row[1] for row in stored(progress)] == ["anna", "bob", "cy", "dee"]


def test_only_an_unfinished_row_is_released(progress):
    with pytest.raises(NotFound):
        progress.release("A-001")
    progress.begin("A-001", "ann", "E:ann", "DE01")
    progress.begin("A-002", "bob", "E:bob", "DE02")
    progress.reach("A-002", "done")
    assert progress.release("A-001").serial == "DE01"
    with pytest.raises(Refused, match="is finished"):
        progress.release("A-002")
    assert [row[0] for row in stored(progress)] == ["A-002"]


def test_a_lost_tokens_row_is_retired(progress):
    progress.begin("A-001", "ann", "E:ann", "DE01")
    progress.begin("A-002", "bob", "E:bob", "DE01")
    progress.retire("A-001", "DE09")
    assert len(stored(progress)) == 2
    progress.retire("A-001", "DE01")
    assert [row[0] for row in stored(progress)] == ["A-002"]


def test_a_closed_file_is_closed(progress):
    progress.close()
    with pytest.raises(ProvisionProgressError):
        progress.all()
