"""AES of the interpreter (aesio), in the two forms that fob/cmac.py and fob/siv.py ask for."""

import aesio

_ZERO = bytes(16)


def cbc(key, data):
    """AES-CBC from an initial vector of zeros; `data` is whole blocks."""
    out = bytearray(len(data))
    aesio.AES(key, aesio.MODE_CBC, IV=_ZERO).encrypt_into(data, out)
    return bytes(out)


def ctr(key, counter, data):
    """AES-CTR; `counter` is the first counter block, `data` of any length."""
    out = bytearray(len(data))
    aesio.AES(key, aesio.MODE_CTR, IV=counter).encrypt_into(data, out)
    return bytes(out)
