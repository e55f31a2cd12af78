"""AES (FIPS 197), as short as it gets: for a VM that has none.

Checked against a library in test_fob_encryption.py.
The form is that of fob/crypto/cmac.py. Kept to what CircuitPython, MicroPython and CPython share.
"""


def _xor(a, b):
    return [a[i] ^ b[i] for i in range(len(b))]


def _times(a):
    return (a << 1 ^ 0x1B) & 0xFF if a & 0x80 else a << 1


def _make_box():
    box, p, q = [0x63] * 256, 1, 1
    while True:
        p ^= _times(p)
        q ^= q << 1
        q ^= q << 2
        q = (q ^ q << 4) & 0xFF
        if q & 0x80:
            q ^= 0x09
        x = q
        for turn in range(1, 5):
            x ^= (q << turn | q >> (8 - turn)) & 0xFF
        box[p] = x ^ 0x63
        if p == 1:
            return box


_BOX = _make_box()


def _words(key):
    size = len(key) // 4
    words, once = [list(key[4 * i : 4 * i + 4]) for i in range(size)], 1
    while len(words) < 4 * (size + 7):
        word = words[-1]
        if len(words) % size == 0:
            word = [_BOX[byte] for byte in word[1:] + word[:1]]
            word[0] ^= once
            once = _times(once)
        elif size > 6 and len(words) % size == 4:
            word = [_BOX[byte] for byte in word]
        words.append(_xor(word, words[-size]))
    return [sum(words[4 * i : 4 * i + 4], []) for i in range(size + 7)]


def _block(rounds, block):
    state = _xor(block, rounds[0])
    for number, key in enumerate(rounds[1:], 1):
        state = [_BOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < len(rounds) - 1:
            mixed = []
            for at in range(0, 16, 4):
                column = state[at : at + 4]
                whole = column[0] ^ column[1] ^ column[2] ^ column[3]
                mixed += [c ^ whole ^ _times(c ^ column[(i + 1) % 4]) for i, c in enumerate(column)]
            state = mixed
        state = _xor(state, key)
    return bytes(state)


def cbc_mac(key, start, end):
    rounds, last, data = _words(key), bytes(16), bytes(start) + bytes(end)
    for at in range(0, len(data), 16):
        last = _block(rounds, _xor(last, data[at : at + 16]))
    return last


def ctr(key, counter, data, out):
    rounds, number = _words(key), int.from_bytes(counter, "big")
    for at in range(0, len(data), 16):
        stream = _block(rounds, number.to_bytes(16, "big"))
        part = bytes(_xor(stream, data[at : at + 16]))
        out[at : at + len(part)] = part
        number += 1
