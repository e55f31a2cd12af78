"""Hashes, HMAC, AES-CMAC, AES-SIV and PBKDF2."""
