"""Checks by its registers whether the chip at the DS3231's address is a DS3231.

Other chips have the address 68h too: PCF8523, DS1307, motion sensors. Their registers have other meanings: a
date read from them is wrong, and writing one can do harm. A DS3231M (MEMS) passes: it has the same registers.
"""

# Bits that are always 0 (data sheet, figure 1) of the registers 00h to 12h.
_ZERO = b"\x80\x80\x80\xf8\xc0\x60\0\0\0\0\0\0\0\0\0\x70\0\0\x3f"

LENGTH = 0x14  # registers 00h to 12h, and 00h again, to which the pointer wraps


def is_ds3231(data):
    """Whether the registers are a DS3231's. `data`: LENGTH bytes from register 00h, read in one transfer."""
    for byte, mask in zip(data, _ZERO):
        if byte & mask:
            return False
    seconds, last = data[0x00], data[0x13]
    # The second reading is the same second, or the next one (in BCD).
    return last == seconds or last == (0 if seconds >= 0x59 else seconds + (7 if seconds & 15 == 9 else 1))
