"""Single bits flipped in what the store has written."""

from campaign import damage

FLIPS = 150


def test_a_flipped_bit_in_a_record_is_detected_and_costs_no_other():
    kinds = damage.flips(damage.subject(), FLIPS, seed=1, where=damage.in_records)
    assert set(kinds) <= {"detected", "harmless"}  # harmless: the second header of a segment
    assert kinds["detected"] > 0.9 * FLIPS


def test_a_flipped_bit_where_a_log_or_a_segment_begins_costs_nothing():
    kinds = damage.flips(damage.subject(), FLIPS, seed=2, where=damage.in_heads)
    assert set(kinds) <= {"detected", "harmless"}
