"""Diagnosis of a set-up, and of typed text."""
