"""Whether what answers at a DS3231's address is one, by what its registers can and cannot hold.

Other chips answer at 68h too: PCF8523, DS1307, motion sensors. Their registers mean other things, so reading
them as a date gives nonsense at best, and writing one does harm. The DS3231M (MEMS) passes: its registers are
the same.
"""

# Bits that are always 0 (data sheet, figure 1) of the registers 00h to 12h.
_ZERO = b"\x80\x80\x80\xf8\xc0\x60\0\0\0\0\0\0\0\0\0\x70\0\0\x3f"

LENGTH = 0x14  # registers 00h to 12h, and where the pointer goes next: to 00h again


def is_ds3231(data):
    """`data`: LENGTH bytes, read in one go from 00h."""
    for byte, mask in zip(data, _ZERO):
        if byte & mask:
            return False
    seconds, last = data[0x00], data[0x13]
    # the same, or the next in BCD
    return last == seconds or last == (0 if seconds >= 0x59 else seconds + (7 if seconds & 15 == 9 else 1))
