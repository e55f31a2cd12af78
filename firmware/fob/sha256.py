"""SHA-256 on 16-bit halves (FIPS 180-4, 6.2), for interpreters whose fast integers have 31 bits.

A 32-bit word x is two numbers, its high half xh and its low half xl, so that no sum or shift ever leaves
the range of small integers and nothing is allocated. A rotation needs 16 bits that may span the halves:
`up` holds bits 2 to 31 of the word and `down` the same bits of the word rotated by 16, so each rotated
half is one shift of one of them. Bits above the sixteenth are left in where a later mask removes them.
Padding is in `digest.py`.
"""

import struct
from binascii import unhexlify

from .digest import add_states, split

BLOCK = 64
SIZE = 32
LENGTH = 8
INITIAL = struct.unpack(
    ">16H", unhexlify(b"6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
)
_KH, _KL = split(
    unhexlify(
        b"428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5"
        b"d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7c19bf174"
        b"e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da"
        b"983e5152a831c66db00327c8bf597fc7c6e00bf3d5a7914706ca635114292967"
        b"27b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85"
        b"a2bfe8a1a81a664bc24b8b70c76c51a3d192e819d6990624f40e3585106aa070"
        b"19a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3"
        b"748f82ee78a5636f84c878148cc7020890befffaa4506cebbef9a3f7c67178f2"
    ),
    2,
)


def _schedule(block):
    """The 64 words of a block's message schedule, as a list of high and a list of low halves."""
    mask = 0xFFFF
    wh, wl = split(block, 2)
    append_high, append_low = wh.append, wl.append
    for _ in range(48):
        xh = wh[-15]
        xl = wl[-15]
        up = xh << 14 | xl >> 2
        down = xl << 14 | xh >> 2
        low = (up >> 5 ^ down ^ up >> 1) & mask  # sigma 0: rotate 7, rotate 18, shift 3
        high = (down >> 5 ^ up ^ xh >> 3) & mask
        xh = wh[-2]
        xl = wl[-2]
        up = (xh & 0x3FFF) << 16 | xl  # from bit 0 here: rotations by 17 and 19 leave 1 and 3
        down = (xl & 0x3FFF) << 16 | xh
        low += ((down >> 1 ^ down >> 3 ^ up >> 10) & mask) + wl[-7] + wl[-16]  # sigma 1: shift 10
        append_high(high + (up >> 1 ^ up >> 3 ^ xh >> 10) + wh[-7] + wh[-16] + (low >> 16) & mask)
        append_low(low & mask)
    return wh, wl


def compress(state, block):
    """The state (16 halves) after the 64 bytes of `block`."""
    mask = 0xFFFF
    ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl = state
    wh, wl = _schedule(block)
    kh, kl = _KH, _KL
    bc_high, bc_low = bh ^ ch, bl ^ cl
    for t in range(64):
        up = eh << 14 | el >> 2
        down = el << 14 | eh >> 2
        # T1: h + Sigma 1 (rotate 6, 11, 25) + Ch + K + W. The carry out of `low` is added by each user.
        low = hl + ((up >> 4 ^ up >> 9 ^ down >> 7) & mask) + (gl ^ el & (fl ^ gl)) + kl[t] + wl[t]
        high = hh + (down >> 4 ^ down >> 9 ^ up >> 7) + (gh ^ eh & (fh ^ gh)) + kh[t] + wh[t]
        hh = gh
        hl = gl
        gh = fh
        gl = fl
        fh = eh
        fl = el
        el = dl + low
        eh = dh + high + (el >> 16) & mask
        el &= mask
        up = ah << 14 | al >> 2
        down = al << 14 | ah >> 2
        dh = ch
        dl = cl
        ch = bh
        cl = bl
        bh = ah
        bl = al
        # a = T1 + Sigma 0 (rotate 2, 13, 22) + Maj. Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and the last
        # round's a ^ b is this round's b ^ c. (a, b, c have just moved on: they are b, c, d here.)
        ab_low = bl ^ cl
        ab_high = bh ^ ch
        al = low + ((up ^ up >> 11 ^ down >> 4) & mask) + (cl ^ ab_low & bc_low)
        ah = high + ((down ^ down >> 11 ^ up >> 4) & mask) + (ch ^ ab_high & bc_high) + (al >> 16) & mask
        al &= mask
        bc_low = ab_low
        bc_high = ab_high
    return add_states(state, (ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl), 2)
