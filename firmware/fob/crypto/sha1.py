"""SHA-1 on 16-bit halves (FIPS 180-4, 6.1), for interpreters whose fast integers have 31 bits.

The stand-in where `hashlib` has no SHA-1. A 32-bit word x is two numbers, its high half xh and its low
half xl, so that no sum or shift ever leaves the range of small integers. Padding is in `digest.py`.
"""

from .digest import add_states, split

BLOCK = 64
SIZE = 20
LENGTH = 8
INITIAL = (0x6745, 0x2301, 0xEFCD, 0xAB89, 0x98BA, 0xDCFE, 0x1032, 0x5476, 0xC3D2, 0xE1F0)


def _schedule(block):
    """The 80 words of a block's message schedule, as a list of high and a list of low halves."""
    wh, wl = split(block, 2)
    append_high, append_low = wh.append, wl.append
    for _ in range(64):
        xh = wh[-3] ^ wh[-8] ^ wh[-14] ^ wh[-16]
        xl = wl[-3] ^ wl[-8] ^ wl[-14] ^ wl[-16]
        append_high((xh << 1 | xl >> 15) & 0xFFFF)
        append_low((xl << 1 | xh >> 15) & 0xFFFF)
    return wh, wl


def compress(state, block):
    """The state (10 halves) after the 64 bytes of `block`."""
    mask = 0xFFFF
    ah, al, bh, bl, ch, cl, dh, dl, eh, el = state
    wh, wl = _schedule(block)
    for t in range(80):
        if t < 20:  # Ch
            high = (dh ^ bh & (ch ^ dh)) + 0x5A82
            low = (dl ^ bl & (cl ^ dl)) + 0x7999
        elif t < 40:  # Parity
            high = (bh ^ ch ^ dh) + 0x6ED9
            low = (bl ^ cl ^ dl) + 0xEBA1
        elif t < 60:  # Maj
            high = (bh & ch | dh & (bh | ch)) + 0x8F1B
            low = (bl & cl | dl & (bl | cl)) + 0xBCDC
        else:  # Parity
            high = (bh ^ ch ^ dh) + 0xCA62
            low = (bl ^ cl ^ dl) + 0xC1D6
        low += ((al << 5 | ah >> 11) & mask) + el + wl[t]
        high += (ah << 5 | al >> 11) + eh + wh[t] + (low >> 16)
        eh = dh
        el = dl
        dh = ch
        dl = cl
        ch = (bh >> 2 | bl << 14) & mask  # rotate left by 30
        cl = (bl >> 2 | bh << 14) & mask
        bh = ah
        bl = al
        ah = high & mask
        al = low & mask
    return add_states(state, (ah, al, bh, bl, ch, cl, dh, dl, eh, el), 2)
