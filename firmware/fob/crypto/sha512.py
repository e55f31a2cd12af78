"""SHA-512 on 16-bit quarters (FIPS 180-4, 6.4), for interpreters whose fast integers have 31 bits.

A 64-bit word x is four numbers, x3 (most significant) to x0, so that no sum or shift ever leaves the
range of small integers and nothing is allocated. A rotation needs 16 bits that may span two quarters: of
the overlapping views p, q, r, s, p holds bits 2 to 31 of the word, q bits 18 to 47, r bits 34 to 63 and s
bits 50 to 79, counted around the word. Each rotated quarter is one shift of one view; the next quarter,
the same shift of the next view. Bits above the sixteenth are left in where a later mask removes them.
Padding is in `digest.py`.

Few names on purpose: each one that the interpreter has not met takes a place in its table, and at the 1271st
CircuitPython wants 7.7 KB in one piece for a larger table, which a heap in use has not got.
"""

import struct
from binascii import unhexlify

from .digest import add_states, split

BLOCK = 128
SIZE = 64
LENGTH = 16
INITIAL = struct.unpack(
    ">%dH" % 32,
    unhexlify(
        b"6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1"
        b"510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179"
    ),
)


def _constants(*lines):
    """The words in some hex, as four lists of quarters. In pieces: a heap in use has no large one left."""
    parts = [], [], [], []
    for line in lines:
        for part, words in zip(parts, split(unhexlify(line), 4)):
            part.extend(words)
    return parts


_K = _constants(
    b"428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b538",
    b"59f111f1b605d019923f82a4af194f9bab1c5ed5da6d8118d807aa98a303024212835b0145706fbe",
    b"243185be4ee4b28c550c7dc3d5ffb4e272be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235",
    b"c19bf174cf692694e49b69c19ef14ad2efbe4786384f25e30fc19dc68b8cd5b5240ca1cc77ac9c65",
    b"2de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5983e5152ee66dfab",
    b"a831c66d2db43210b00327c898fb213fbf597fc7beef0ee4c6e00bf33da88fc2d5a79147930aa725",
    b"06ca6351e003826f142929670a0e6e7027b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed",
    b"53380d139d95b3df650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353b",
    b"a2bfe8a14cf10364a81a664bbc423001c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218",
    b"d69906245565a910f40e35855771202a106aa07032bbd1b819a4c116b8d2d0c81e376c085141ab53",
    b"2748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb5b9cca4f7763e373",
    b"682e6ff3d6b2b8a3748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec",
    b"90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532bca273eceea26619c",
    b"d186b8c721c0c207eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6",
    b"113f9804bef90dae1b710b35131c471b28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc",
    b"431d67c49c100d4c4cc5d4becb3e42b6597f299cfc657e2a5fcb6fab3ad6faec6c44198c4a475817",
)


def _schedule(block):
    """The 80 words of a block's message schedule, as four lists of quarters, most significant first."""
    mask = 0xFFFF
    w3, w2, w1, w0 = split(block, 4)
    for _ in range(64):
        x0 = w0[-15]
        x1 = w1[-15]
        x2 = w2[-15]
        x3 = w3[-15]
        p = (x1 & 0x3FFF) << 16 | x0  # from bit 0 here, for the rotation by 1
        q = (x2 & 0x3FFF) << 16 | x1
        r = (x3 & 0x3FFF) << 16 | x2
        s = (x0 & 0x3FFF) << 16 | x3
        t0 = ((p >> 1 ^ p >> 8 ^ p >> 7) & mask) + w0[-7] + w0[-16]  # sigma 0: rotate 1, rotate 8, shift 7
        t1 = ((q >> 1 ^ q >> 8 ^ q >> 7) & mask) + w1[-7] + w1[-16]
        t2 = ((r >> 1 ^ r >> 8 ^ r >> 7) & mask) + w2[-7] + w2[-16]
        t3 = ((s >> 1 ^ s >> 8 ^ x3 >> 7) & mask) + w3[-7] + w3[-16]
        x0 = w0[-2]
        x1 = w1[-2]
        x2 = w2[-2]
        x3 = w3[-2]
        p = x1 << 14 | x0 >> 2
        q = x2 << 14 | x1 >> 2
        r = x3 << 14 | x2 >> 2
        s = x0 << 14 | x3 >> 2
        t0 += (q >> 1 ^ s >> 11 ^ p >> 4) & mask  # sigma 1: rotate 19, rotate 61, shift 6
        t1 += ((r >> 1 ^ p >> 11 ^ q >> 4) & mask) + (t0 >> 16)
        t2 += ((s >> 1 ^ q >> 11 ^ r >> 4) & mask) + (t1 >> 16)
        t3 += (p >> 1 ^ r >> 11 ^ x3 >> 6) + (t2 >> 16)
        w0.append(t0 & mask)
        w1.append(t1 & mask)
        w2.append(t2 & mask)
        w3.append(t3 & mask)
    return w3, w2, w1, w0


def compress(state, block):
    """The state (32 quarters) after the 128 bytes of `block`."""
    mask = 0xFFFF
    p = q = r = s = t0 = t1 = t2 = t3 = 0  # first, because the first sixteen names are the fast ones
    a3, a2, a1, a0, b3, b2, b1, b0, c3, c2, c1, c0, d3, d2, d1, d0 = state[:16]
    e3, e2, e1, e0, f3, f2, f1, f0, g3, g2, g1, g0, h3, h2, h1, h0 = state[16:]
    w3, w2, w1, w0 = _schedule(block)
    k3, k2, k1, k0 = _K
    bc3, bc2, bc1, bc0 = b3 ^ c3, b2 ^ c2, b1 ^ c1, b0 ^ c0
    for t in range(80):
        p = e1 << 14 | e0 >> 2
        q = e2 << 14 | e1 >> 2
        r = e3 << 14 | e2 >> 2
        s = e0 << 14 | e3 >> 2
        # T1: h + Sigma 1 (rotate 14, 18, 41) + Ch + K + W. Carries are left to the two sums that use it.
        t0 = h0 + ((p >> 12 ^ q ^ r >> 7) & mask) + (g0 ^ e0 & (f0 ^ g0)) + k0[t] + w0[t]
        t1 = h1 + ((q >> 12 ^ r ^ s >> 7) & mask) + (g1 ^ e1 & (f1 ^ g1)) + k1[t] + w1[t]
        t2 = h2 + ((r >> 12 ^ s ^ p >> 7) & mask) + (g2 ^ e2 & (f2 ^ g2)) + k2[t] + w2[t]
        t3 = h3 + ((s >> 12 ^ p ^ q >> 7) & mask) + (g3 ^ e3 & (f3 ^ g3)) + k3[t] + w3[t]
        h0 = g0
        h1 = g1
        h2 = g2
        h3 = g3
        g0 = f0
        g1 = f1
        g2 = f2
        g3 = f3
        f0 = e0
        f1 = e1
        f2 = e2
        f3 = e3
        e0 = d0 + t0
        e1 = d1 + t1 + (e0 >> 16)
        e2 = d2 + t2 + (e1 >> 16)
        e3 = d3 + t3 + (e2 >> 16) & mask
        e0 &= mask
        e1 &= mask
        e2 &= mask
        p = a1 << 14 | a0 >> 2
        q = a2 << 14 | a1 >> 2
        r = a3 << 14 | a2 >> 2
        s = a0 << 14 | a3 >> 2
        d0 = c0
        d1 = c1
        d2 = c2
        d3 = c3
        c0 = b0
        c1 = b1
        c2 = b2
        c3 = b3
        b0 = a0
        b1 = a1
        b2 = a2
        b3 = a3
        # a = T1 + Sigma 0 (rotate 28, 34, 39) + Maj. Maj(a, b, c) is b ^ ((a ^ b) & (b ^ c)), and the last
        # round's a ^ b is this round's b ^ c. (a, b, c have just moved on: they are b, c, d here.)
        x0 = b0 ^ c0
        x1 = b1 ^ c1
        x2 = b2 ^ c2
        x3 = b3 ^ c3
        a0 = t0 + ((q >> 10 ^ r ^ r >> 5) & mask) + (c0 ^ x0 & bc0)
        a1 = t1 + ((r >> 10 ^ s ^ s >> 5) & mask) + (c1 ^ x1 & bc1) + (a0 >> 16)
        a2 = t2 + ((s >> 10 ^ p ^ p >> 5) & mask) + (c2 ^ x2 & bc2) + (a1 >> 16)
        a3 = t3 + ((p >> 10 ^ q ^ q >> 5) & mask) + (c3 ^ x3 & bc3) + (a2 >> 16) & mask
        a0 &= mask
        a1 &= mask
        a2 &= mask
        bc0 = x0
        bc1 = x1
        bc2 = x2
        bc3 = x3
    high = (a3, a2, a1, a0, b3, b2, b1, b0, c3, c2, c1, c0, d3, d2, d1, d0)
    low = (e3, e2, e1, e0, f3, f2, f1, f0, g3, g2, g1, g0, h3, h2, h1, h0)
    return add_states(state, high + low, 4)
