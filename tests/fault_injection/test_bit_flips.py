"""Single bits flipped in what the store has written."""

from fault_injection import bit_flips

FLIPS = 150


def test_a_flipped_bit_in_a_record_is_detected_and_costs_no_other():
    kinds = bit_flips.flips(bit_flips.subject(), FLIPS, seed=1, where=bit_flips.in_records)
    assert set(kinds) <= {"detected", "harmless"}  # harmless: the second header of a segment
    assert kinds["detected"] > 0.9 * FLIPS


def test_a_flipped_bit_where_a_log_or_a_segment_begins_costs_nothing():
    kinds = bit_flips.flips(bit_flips.subject(), FLIPS, seed=2, where=bit_flips.in_heads)
    assert set(kinds) <= {"detected", "harmless"}
