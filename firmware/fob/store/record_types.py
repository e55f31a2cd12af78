"""The kinds of records. A kind is never reused for another purpose.

All lengths are fixed except those of texts and encrypted data. Numbers are little endian.
"""

from .log import UNARY

ACCOUNT = 0x02  # id u16 | Account.pack() encrypted; replaces an earlier one with the same id
STUB_SIZE = 2  # an ACCOUNT with the id only keeps the position of one that was removed or renamed since
MOVE = 0x05  # id u16 | position u16, 0 is first
DEFAULT = 0x06  # id u16
REMOVE = 0x07  # id u16
SETTING = 0x08  # key u8 | value u16, for each setting changed by one request
NAME = 0x09  # the token's name
UNARY_COUNTER = UNARY | 0x0A  # id u16 | counter u64 | size u8: the unary counter is added to the counter
COUNTER_VALUE = 0x0B  # id u16 | counter u64: in segments, which have no unary counters
COUNTER_VALUE_SIZE = 10
WRAPPED_KEY = 0x0C  # a wrapped key (keystore.py); only the slot u8: it was removed
PIN_ATTEMPTS = UNARY | 0x0D  # wrong PINs in a row u8 | size u8: increments are ATTEMPTED or UNLOCKED
PIN_FAILURES = 0x0E  # wrong PINs in a row u8: in segments
OWNER = 0x0F  # salt (16) | the owner's key, encrypted for the device; empty: no owner
CLOCK = 0x10  # the record of clock/adjustment_limit.py
SYNC_NOTE = 0x12  # unix u32 | how often the clock had been set u32 | the host's text
DAMAGE_COUNT = 0x11  # number of damaged ranges in records that were rewritten since, u16

ATTEMPTED, UNLOCKED = 0x0F, 0xF0  # a power cut while one is programmed cannot leave the other

# Only the latest record of these kinds counts; of WRAPPED_KEY the latest of each slot.
LATEST_ONLY = (NAME, WRAPPED_KEY, PIN_FAILURES, OWNER, CLOCK, SYNC_NOTE, DAMAGE_COUNT)
OF_ACCOUNT = (ACCOUNT, MOVE, DEFAULT, REMOVE, UNARY_COUNTER, COUNTER_VALUE)  # begin with an id


def failures(count, increments):
    """The number of wrong PINs in a row: `count`, and then the unary counter of a PIN_ATTEMPTS record.

    A byte that a power cut left incomplete is not an attempt: the PIN had not been checked, or was right.
    """
    for byte in increments:
        if byte == ATTEMPTED:
            count += 1
        elif byte == UNLOCKED:
            count = 0
    return count
