"""AES by CircuitPython's aesio, in the two modes that fob/crypto/cmac.py and fob/crypto/siv.py need.

There is one cipher object for each mode, and it is given the key at each call: creating a cipher takes 0.4 ms
and 300 bytes of heap, changing its key 0.06 ms. CBC's output goes to a shared buffer; only its last block is
copied from there.
"""

import aesio

_BLOCK = 16
_ZERO = bytes(_BLOCK)
_BUFFER_SIZE = 320
_cbc = aesio.AES(_ZERO, aesio.MODE_CBC, IV=_ZERO)
_ctr = aesio.AES(_ZERO, aesio.MODE_CTR, IV=_ZERO)
_buffer = memoryview(bytearray(_BUFFER_SIZE))


def cbc_mac(key, start, end):
    """The last block of AES-CBC over `start` + `end`, with an initial vector of zeros.

    Both must be whole blocks; `end` has one to 20 of them.
    """
    _cbc.rekey(key, _ZERO)
    if len(start):
        size = len(start)
        _cbc.encrypt_into(start, _buffer[:size] if size <= _BUFFER_SIZE else bytearray(size))
    out = _buffer[: len(end)]
    _cbc.encrypt_into(end, out)
    return bytes(out[-_BLOCK:])


def ctr(key, counter, data, out):
    """AES-CTR of `data`, of any length, into `out`; `counter` is the first counter block."""
    _ctr.rekey(key, counter)
    _ctr.encrypt_into(data, out)
