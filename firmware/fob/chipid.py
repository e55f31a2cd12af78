"""Whether what answers at a DS3231's address is one, by what its registers can and cannot hold.

Other chips answer at 68h too: PCF8523, DS1307, motion sensors. Their registers mean other things, so reading
them as a date gives nonsense at best, and writing one does harm. The DS3231M (MEMS) passes: its registers are
the same.
"""

# Bits that are always 0 (data sheet, figure 1), by register.
_ZERO = (
    (0x00, 0x80),
    (0x01, 0x80),
    (0x02, 0x80),
    (0x03, 0xF8),
    (0x04, 0xC0),
    (0x05, 0x60),
    (0x0F, 0x70),
    (0x12, 0x3F),
)

LENGTH = 0x14  # registers 00h to 12h, and where the pointer goes next: to 00h again


def is_ds3231(registers):
    """`registers`: LENGTH bytes, read in one go from 00h."""
    for at, bits in _ZERO:
        if registers[at] & bits:
            return False
    again, seconds = registers[0x13], registers[0x00]
    return again == seconds or again == _next(seconds)


def _next(bcd):
    """The second after one, both as the register has them."""
    if bcd >= 0x59:
        return 0
    return bcd + (7 if bcd & 15 == 9 else 1)
