"""The rows of a batch: which are free, taken, reserved for a begun token, and finished."""

import pytest

from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry

ROWS = [ManifestRow(at, f"user{at}", label, "E", f"user{at}") for at, label in enumerate("ABCD", start=2)]


def entry(label, step="claimed"):
    return ProgressEntry(label, "u", None, "E:u", f"serial of {label}", step, None, 1, 1)


def labels(rows):
    return [each.label for each in rows]


@pytest.fixture
def queue():
    """A is finished, C waits for its token, B and D are free; Z is of another manifest."""
    return JobQueue(ROWS, [entry("A", "done"), entry("C"), entry("Z", "done"), entry("Y")])


def test_what_the_progress_file_says(queue):
    assert (queue.before, queue.done, labels(queue.free())) == ({"A"}, {"A"}, ["B", "D"])
    assert labels(queue.waiting()) == ["C"]
    assert queue.any_left() and not queue.all_done()


def test_free_rows_are_taken_in_order_and_come_back(queue):
    first, second = queue.take(), queue.take()
    assert labels([first, second]) == ["B", "D"]
    assert (queue.take(), queue.any_left(), queue.free()) == (None, False, [])
    queue.give_back(first, None)
    assert labels(queue.free()) == ["B"]
    queue.give_back(second, entry("D"))
    assert (labels(queue.free()), labels(queue.waiting())) == (["B"], ["C", "D"])


def test_a_begun_token_gets_its_row(queue):
    assert queue.of_token(entry("Z")) is None
    row = queue.of_token(entry("C"))
    assert row is ROWS[2]
    assert (queue.waiting(), labels(queue.free())) == ([], ["B", "D"])
    queue.give_back(row, entry("C", "proved"))
    assert [each.step for each in queue.waiting()] == ["proved"]


def test_finished_rows(queue):
    queue.finish(queue.take())
    queue.finish(queue.of_token(entry("C")))
    assert (queue.done, queue.before, queue.waiting()) == ({"A", "B", "C"}, {"A"}, [])
    assert not queue.all_done()
    queue.give_back(queue.take(), entry("D", "done"))
    assert queue.done == {"A", "B", "C", "D"} and queue.waiting() == []
    assert queue.all_done()
