"""What a record of the store is about. A kind is never reused for anything else.

Lengths are fixed but for texts and sealed bytes; numbers are little endian.
"""

from .log import UNARY

ACCOUNT = 0x02  # id u16 | Account.pack() sealed; for an id that is known, in place of the earlier one
STUB_SIZE = (
    2  # bytes of an ACCOUNT that only keeps the place of one that was removed or renamed since: its id
)
MOVE = 0x05  # id u16 | position u16, 0 is first
DEFAULT = 0x06  # id u16
REMOVE = 0x07  # id u16
SETTING = 0x08  # key u8 | value u16, for each setting that was changed at once
NAME = 0x09  # the token's name
UNARY_COUNTER = UNARY | 0x0A  # id u16 | counter u64 | run u8: spent bytes count on from the counter
COUNTER_VALUE = 0x0B  # id u16 | counter u64: in segments, where nothing can be spent
COUNTER_VALUE_SIZE = 10
WRAPPED_KEY = 0x0C  # a wrap (keystore.py); without a sealed key: there is none of this way any more
PIN_ATTEMPTS = UNARY | 0x0D  # wrong PINs in a row u8 | run u8: each spent byte is TRIED or OPENED
PIN_FAILURES = 0x0E  # wrong PINs in a row u8: in segments
OWNER = 0x0F  # the owner's key, sealed for the device; nothing: no owner any more
CLOCK = 0x10  # how the clock was set (clock/adjustment_limit.py)
SYNC_NOTE = 0x12  # of the last clock sync: unix u32 | settings of the clock until then u32 | the host's text
DAMAGE_COUNT = 0x11  # how many damaged stretches of records there were in what has been rewritten, u16

ATTEMPTED, UNLOCKED = 0x0F, 0xF0  # neither can be what a power cut left of the other

# What replaces any earlier one of its kind, KEY of its way.
LATEST_ONLY = (NAME, WRAPPED_KEY, PIN_FAILURES, OWNER, CLOCK, SYNC_NOTE, DAMAGE_COUNT)
OF_ACCOUNT = (ACCOUNT, MOVE, DEFAULT, REMOVE, UNARY_COUNTER, COUNTER_VALUE)  # begin with an id


def failures(count, run):
    """How many wrong PINs in a row there are after `run`, the bytes of a TRIES record.

    What a power cut left of a byte is no try: the PIN was not looked at, or was right.
    """
    for byte in run:
        if byte == ATTEMPTED:
            count += 1
        elif byte == UNLOCKED:
            count = 0
    return count
