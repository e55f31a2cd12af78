"""Enrolment of accounts: proof, bulk import, backup, recovery sheet."""
