"""Joins the firmware's modules into a few larger ones, before they are compiled."""
