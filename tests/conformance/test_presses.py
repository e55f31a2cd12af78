"""The button in both places."""

from conformance.playing import both_places

test_scenario, test_no_difference = both_places("presses")
