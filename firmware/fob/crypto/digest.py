"""What SHA-1, SHA-256 and SHA-512 share: words in parts, blocks, padding, the digest (FIPS 180-4, 5.1, 5.2).

An `algorithm` here is one of the modules `sha1`, `sha256`, `sha512`. Each has

- `BLOCK`, `SIZE`: bytes in a block and in a digest; `LENGTH`: bytes the padding gives to the length;
- `INITIAL`: the initial state, a tuple of 16-bit numbers, most significant first;
- `compress(state, block)`: the state after one more block, as a tuple of the same shape.

States are plain tuples, so one can be kept and continued many times. This file does no hashing of its own.
"""

import struct


def split(data, parts):
    """The words in `data`, each of `parts` 16-bit numbers, as `parts` lists; most significant first."""
    words = list(struct.unpack(">%dH" % (len(data) // 2), data))
    return [words[i::parts] for i in range(parts)]


def absorb(algorithm, state, data):
    """The state after the whole blocks in `data`; its length must be a multiple of the block."""
    for start in range(0, len(data), algorithm.BLOCK):
        state = algorithm.compress(state, data[start : start + algorithm.BLOCK])
    return state


def finish(algorithm, state, size, tail):
    """The digest (bytes) of a message whose first `size` bytes led to `state` and which ends in `tail`.

    `size` is a multiple of the block; `tail` is bytes of any length.
    """
    length = size + len(tail)
    zeros = -(length + 1 + algorithm.LENGTH) % algorithm.BLOCK + algorithm.LENGTH - 8
    state = absorb(algorithm, state, tail + b"\x80" + bytes(zeros) + struct.pack(">Q", 8 * length))
    return struct.pack(">%dH" % len(state), *state)


def digest(algorithm, message):
    """The digest of a whole message."""
    return finish(algorithm, algorithm.INITIAL, 0, message)


def add_states(old, new, parts):
    """The sum, word by word, of two states whose words are `parts` numbers of 16 bits: the end of a block."""
    total = [0] * len(old)
    carry = 0
    for i in range(len(old) - 1, -1, -1):
        carry = old[i] + new[i] + (carry >> 16)
        total[i] = carry & 0xFFFF
        if i % parts == 0:
            carry = 0
    return tuple(total)
