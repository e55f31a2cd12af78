"""AES of the interpreter (aesio), in the two forms that fob/crypto/cmac.py and fob/crypto/siv.py ask for.

One cipher of each mode is made and gets another key each time: making one costs 0.4 ms and 300 bytes of heap,
a new key 0.06 ms. CBC's output goes into one buffer, and only its last block is copied from there.
"""

import aesio

_BLOCK = 16
_ZERO = bytes(_BLOCK)
_BUFFER_SIZE = 320
_cbc = aesio.AES(_ZERO, aesio.MODE_CBC, IV=_ZERO)
_ctr = aesio.AES(_ZERO, aesio.MODE_CTR, IV=_ZERO)
_buffer = memoryview(bytearray(_BUFFER_SIZE))


def cbc_mac(key, start, end):
    """The last block of AES-CBC from an initial vector of zeros, over `start` and `end`: whole blocks, and
    one at least in `end`.
    """
    _cbc.rekey(key, _ZERO)
    for data in (start, end):
        size = len(data)
        if size:
            out = _buffer[:size] if size <= _BUFFER_SIZE else memoryview(bytearray(size))
            _cbc.encrypt_into(data, out)
    return bytes(out[size - _BLOCK :])


def ctr(key, counter, data, out):
    """AES-CTR of `data`, of any length, into `out`; `counter` is the first counter block."""
    _ctr.rekey(key, counter)
    _ctr.encrypt_into(data, out)
