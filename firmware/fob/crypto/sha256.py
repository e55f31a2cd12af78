"""SHA-256 on 16-bit halves (FIPS 180-4, 6.2), for interpreters whose fast integers have 31 bits.

A 32-bit word x is two numbers, its high half x1 and its low half x0, so that no sum or shift ever leaves
the range of small integers and nothing is allocated. A rotation needs 16 bits that may span the halves:
`p` holds bits 2 to 31 of the word and `q` the same bits of the word rotated by 16, so each rotated
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
    ">%dH" % 16, unhexlify(b"6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
)
_K = split(
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
    w1, w0 = split(block, 2)
    for _ in range(48):
        x1 = w1[-15]
        x0 = w0[-15]
        p = x1 << 14 | x0 >> 2
        q = x0 << 14 | x1 >> 2
        low = (p >> 5 ^ q ^ p >> 1) & mask  # sigma 0: rotate 7, rotate 18, shift 3
        high = (q >> 5 ^ p ^ x1 >> 3) & mask
        x1 = w1[-2]
        x0 = w0[-2]
        p = (x1 & 0x3FFF) << 16 | x0  # from bit 0 here: rotations by 17 and 19 leave 1 and 3
        q = (x0 & 0x3FFF) << 16 | x1
        low += ((q >> 1 ^ q >> 3 ^ p >> 10) & mask) + w0[-7] + w0[-16]  # sigma 1: shift 10
        w1.append(high + (p >> 1 ^ p >> 3 ^ x1 >> 10) + w1[-7] + w1[-16] + (low >> 16) & mask)
        w0.append(low & mask)
    return w1, w0


def compress(state, block):
    """The state (16 halves) after the 64 bytes of `block`."""
    mask = 0xFFFF
    a1, a0, b1, b0, c1, c0, d1, d0, e1, e0, f1, f0, g1, g0, h1, h0 = state
    w1, w0 = _schedule(block)
    k1, k0 = _K
    bc1, bc0 = b1 ^ c1, b0 ^ c0
    for t in range(64):
        p = e1 << 14 | e0 >> 2
        q = e0 << 14 | e1 >> 2
        # T1: h + Sigma 1 (rotate 6, 11, 25) + Ch + K + W. The carry out of `low` is added by each user.
        low = h0 + ((p >> 4 ^ p >> 9 ^ q >> 7) & mask) + (g0 ^ e0 & (f0 ^ g0)) + k0[t] + w0[t]
        high = h1 + (q >> 4 ^ q >> 9 ^ p >> 7) + (g1 ^ e1 & (f1 ^ g1)) + k1[t] + w1[t]
        h1 = g1
        h0 = g0
        g1 = f1
        g0 = f0
        f1 = e1
        f0 = e0
        e0 = d0 + low
        e1 = d1 + high + (e0 >> 16) & mask
        e0 &= mask
        p = a1 << 14 | a0 >> 2
        q = a0 << 14 | a1 >> 2
        d1 = c1
        d0 = c0
        c1 = b1
        c0 = b0
        b1 = a1
        b0 = a0
        # a = T1 + Sigma 0 (rotate 2, 13, 22) + Maj. Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and the last
        # round's a ^ b is this round's b ^ c. (a, b, c have just moved on: they are b, c, d here.)
        x0 = b0 ^ c0
        x1 = b1 ^ c1
        a0 = low + ((p ^ p >> 11 ^ q >> 4) & mask) + (c0 ^ x0 & bc0)
        a1 = high + ((q ^ q >> 11 ^ p >> 4) & mask) + (c1 ^ x1 & bc1) + (a0 >> 16) & mask
        a0 &= mask
        bc0 = x0
        bc1 = x1
    return add_states(state, (a1, a0, b1, b0, c1, c0, d1, d0, e1, e0, f1, f0, g1, g0, h1, h0), 2)
