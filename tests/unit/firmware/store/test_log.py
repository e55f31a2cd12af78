"""The log: what is written is read back, and nothing else is, whatever a power cut leaves."""

import pytest

from fob.store import log as store_log
from fob.store.log import UNARY, Log, StoreFull, VerifyError
from support.fake_nvm import FakeNvm, PowerCut

RECORDS = [(2, b"first"), (3, b""), (UNARY | 4, b"run\x05"), (5, b"\xff" * 40), (6, b"last")]


def opened(nvm):
    log = Log(nvm)
    return log, [(kind, bytes(body)) for _, kind, body in log.read()]


def written(records=RECORDS, **kwargs):
    nvm = FakeNvm(**kwargs)
    log, _ = opened(nvm)
    for kind, body in records:
        log.append(kind, body)
    return nvm


def test_blank_then_written_then_read():
    log, found = opened(FakeNvm())
    assert (log.state, found, log.end) == (store_log.BLANK, [], 0)
    log, found = opened(written())
    assert (log.state, found, log.damaged) == (store_log.OK, RECORDS, 0)


def test_no_write_touches_used_bytes():
    nvm = written()
    log, _ = opened(nvm)
    with pytest.raises(StoreFull):
        while True:
            log.append(2, b"x" * 30)
    assert nvm.erases == 0
    _, found = opened(nvm)
    assert found[: len(RECORDS)] == RECORDS
    assert len(found) == len(RECORDS) + (4096 - 64 - _end(RECORDS)) // 37


def _end(records):
    log, _ = opened(written(records))
    return log.end


def test_a_run_is_spent_one_by_one_and_survives():
    nvm = FakeNvm()
    log, _ = opened(nvm)
    log.append(2, b"before")
    at = log.append(UNARY | 4, b"\x03")
    log.append(2, b"after")
    for used in range(3):
        assert (log.unary_count(at), log.unary_left(at)) == (used, 3 - used)
        log.increment(at)
    with pytest.raises(StoreFull):
        log.increment(at)
    log, found = opened(nvm)
    assert (log.unary_count(at), log.unary_left(at), log.unary_bytes(at)) == (3, 0, b"\0\0\0")
    assert (log.damaged, [body for _, body in found]) == (0, [b"before", b"\x03", b"after"])


def test_the_bytes_of_a_unary_counter_are_in_order():
    nvm = FakeNvm()
    log, _ = opened(nvm)
    at = log.append(UNARY | 4, b"\x05")
    log.append(2, b"after")
    for value in (0x0F, 0xF0, 0x0F):
        log.increment(at, value)
    log, found = opened(nvm)
    assert log.unary_bytes(at) == b"\x0f\xf0\x0f\xff\xff"
    assert (log.unary_count(at), log.unary_left(at)) == (3, 2)
    assert (log.damaged, len(found)) == (0, 2)


def test_a_body_is_where_its_record_is():
    nvm = written()
    log = Log(nvm)
    for at, _, body in log.read():
        assert log.body(at, len(body)) == body


def test_every_cut_gives_the_records_before_it_and_goes_on():
    whole = sum(1 for byte in written().bytes if byte != 0xFF)
    for bytes_left in range(whole + 120):
        nvm = FakeNvm(bytes_left=bytes_left)
        done = 0
        try:
            log, _ = opened(nvm)
            for kind, body in RECORDS:
                log.append(kind, body)
                done += 1
        except PowerCut:
            pass
        nvm.bytes_left = None
        log, found = opened(nvm)
        assert found in (RECORDS[:done], RECORDS[: done + 1]), bytes_left
        assert log.state in (store_log.OK, store_log.BLANK)
        log.append(7, b"later")
        log, again = opened(nvm)
        assert again == [*found, (7, b"later")], bytes_left
        assert nvm.erases == 0


def test_foreign_bytes_are_not_ours_and_not_touched():
    for image in (b"\x00" * 4096, b"settings: " * 40 + b"\xff" * 3696, b"\xff" * 4095 + b"\x00"):
        nvm = FakeNvm(image)
        log, found = opened(nvm)
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
    nvm = FakeNvm(format_record(version) + store_log.encode_record(21, 2, b"x").ljust(4096 - 21, b"\xff"))
    before = bytes(nvm.bytes)
    log, found = opened(nvm)
    assert (log.state, found) == (state, [(2, b"x")] if state == "ok" else [])
    assert bytes(nvm.bytes) == before


def test_a_flipped_bit_costs_one_record_and_is_counted():
    nvm = written()
    start = bytes(nvm.bytes).index(b"first")
    nvm.bytes[start] ^= 1
    log, found = opened(nvm)
    assert (found, log.damaged) == (RECORDS[1:], 1)


def test_a_record_copied_elsewhere_is_no_record():
    nvm = written([(2, b"one")])
    log, _ = opened(nvm)
    record = bytes(nvm.bytes[log.end - 10 : log.end])
    nvm.bytes[log.end + 3 : log.end + 13] = record
    log, found = opened(nvm)
    assert (found, log.damaged) == ([(2, b"one")], 1)


def test_rewrite_keeps_what_it_is_given():
    nvm = written(erasable=True)
    log, _ = opened(nvm)
    log.next_id = 9
    log.rewrite([(2, b"kept"), (UNARY | 4, b"\x02")])
    log, found = opened(nvm)
    assert found == [(2, b"kept"), (UNARY | 4, b"\x02")]
    assert (log.next_id, log.epoch, nvm.erases) == (9, 2, 1)


def test_bytes_that_do_not_take_are_noticed():
    class Stuck(FakeNvm):
        def __setitem__(self, where, data):
            super().__setitem__(where, bytes(data[:-1]) + b"\xff")

    log, _ = opened(Stuck())
    with pytest.raises(VerifyError):
        log.append(2, b"x")
