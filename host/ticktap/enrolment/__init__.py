"""An account onto a token and back: proof, bulk import, backup, recovery sheet."""
