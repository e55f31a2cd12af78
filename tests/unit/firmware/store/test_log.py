"""The log: what is written is read back, and nothing else is, whatever a power cut leaves."""

import pytest

from fob.store import log as store_log
from fob.store.log import UNARY, Log, StoreFull, VerifyError
from support.nvm_cells import Cells, PowerCut

RECORDS = [(2, b"first"), (3, b""), (UNARY | 4, b"run\x05"), (5, b"\xff" * 40), (6, b"last")]


def opened(cells):
    log = Log(cells)
    return log, [(kind, bytes(body)) for _, kind, body in log.read()]


def written(records=RECORDS, **kwargs):
    cells = Cells(**kwargs)
    log, _ = opened(cells)
    for kind, body in records:
        log.append(kind, body)
    return cells


def test_blank_then_written_then_read():
    log, found = opened(Cells())
    assert (log.state, found, log.end) == (store_log.BLANK, [], 0)
    log, found = opened(written())
    assert (log.state, found, log.damaged) == (store_log.OK, RECORDS, 0)


def test_no_write_touches_used_bytes():
    cells = written()
    log, _ = opened(cells)
    with pytest.raises(StoreFull):
        while True:
            log.append(2, b"x" * 30)
    assert cells.erases == 0
    _, found = opened(cells)
    assert found[: len(RECORDS)] == RECORDS
    assert len(found) == len(RECORDS) + (4096 - 64 - _end(RECORDS)) // 37


def _end(records):
    log, _ = opened(written(records))
    return log.end


def test_a_run_is_spent_one_by_one_and_survives():
    cells = Cells()
    log, _ = opened(cells)
    log.append(2, b"before")
    at = log.append(UNARY | 4, b"\x03")
    log.append(2, b"after")
    for used in range(3):
        assert (log.unary_count(at), log.unary_left(at)) == (used, 3 - used)
        log.increment(at)
    with pytest.raises(StoreFull):
        log.increment(at)
    log, found = opened(cells)
    assert (log.unary_count(at), log.unary_left(at), log.unary_bytes(at)) == (3, 0, b"\0\0\0")
    assert (log.damaged, [body for _, body in found]) == (0, [b"before", b"\x03", b"after"])


def test_what_a_run_is_spent_with_is_told_in_order():
    cells = Cells()
    log, _ = opened(cells)
    at = log.append(UNARY | 4, b"\x05")
    log.append(2, b"after")
    for value in (0x0F, 0xF0, 0x0F):
        log.increment(at, value)
    log, found = opened(cells)
    assert log.unary_bytes(at) == b"\x0f\xf0\x0f\xff\xff"
    assert (log.unary_count(at), log.unary_left(at)) == (3, 2)
    assert (log.damaged, len(found)) == (0, 2)


def test_a_body_is_where_its_record_is():
    cells = written()
    log = Log(cells)
    for at, _, body in log.read():
        assert log.body(at, len(body)) == body


def test_every_cut_gives_the_records_before_it_and_goes_on():
    whole = sum(1 for byte in written().bytes if byte != 0xFF)
    for budget in range(whole + 120):
        cells = Cells(budget=budget)
        done = 0
        try:
            log, _ = opened(cells)
            for kind, body in RECORDS:
                log.append(kind, body)
                done += 1
        except PowerCut:
            pass
        cells.budget = None
        log, found = opened(cells)
        assert found in (RECORDS[:done], RECORDS[: done + 1]), budget
        assert log.state in (store_log.OK, store_log.BLANK)
        log.append(7, b"later")
        log, again = opened(cells)
        assert again == [*found, (7, b"later")], budget
        assert cells.erases == 0


def test_foreign_bytes_are_not_ours_and_not_touched():
    for image in (b"\x00" * 4096, b"settings: " * 40 + b"\xff" * 3696, b"\xff" * 4095 + b"\x00"):
        cells = Cells(image)
        log, found = opened(cells)
        assert (log.state, found) == (store_log.FOREIGN, [])
        assert log.free == 0 or image.endswith(b"\xff")


def format_record(version):
    return store_log.encode_record(0, store_log.FORMAT, b"ticktap" + bytes([version]) + bytes(6))


@pytest.mark.parametrize(
    ("version", "state"),
    [(0, "foreign"), (1, "foreign"), (2, "foreign"), (3, "ok"), (4, "newer"), (255, "newer")],
)
def test_another_format_is_left_alone(version, state):
    """Versions before 3 were never released, so they are no one's accounts."""
    cells = Cells(format_record(version) + store_log.encode_record(21, 2, b"x").ljust(4096 - 21, b"\xff"))
    before = bytes(cells.bytes)
    log, found = opened(cells)
    assert (log.state, found) == (state, [(2, b"x")] if state == "ok" else [])
    assert bytes(cells.bytes) == before


def test_a_flipped_bit_costs_one_record_and_is_counted():
    cells = written()
    start = bytes(cells.bytes).index(b"first")
    cells.bytes[start] ^= 1
    log, found = opened(cells)
    assert (found, log.damaged) == (RECORDS[1:], 1)


def test_a_record_copied_elsewhere_is_no_record():
    cells = written([(2, b"one")])
    log, _ = opened(cells)
    record = bytes(cells.bytes[log.end - 10 : log.end])
    cells.bytes[log.end + 3 : log.end + 13] = record
    log, found = opened(cells)
    assert (found, log.damaged) == ([(2, b"one")], 1)


def test_rewrite_keeps_what_it_is_given():
    cells = written(erasable=True)
    log, _ = opened(cells)
    log.next_id = 9
    log.rewrite([(2, b"kept"), (UNARY | 4, b"\x02")])
    log, found = opened(cells)
    assert found == [(2, b"kept"), (UNARY | 4, b"\x02")]
    assert (log.next_id, log.epoch, cells.erases) == (9, 2, 1)


def test_bytes_that_do_not_take_are_noticed():
    class Stuck(Cells):
        def __setitem__(self, where, data):
            super().__setitem__(where, bytes(data[:-1]) + b"\xff")

    log, _ = opened(Stuck())
    with pytest.raises(VerifyError):
        log.append(2, b"x")
