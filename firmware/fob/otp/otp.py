"""One-time passwords: HOTP (RFC 4226), TOTP (RFC 6238) and Steam's variant of TOTP.

A TOTP or Steam code is the code of a counter, the number of the time step; `step` gives it. Time and
counters are integers, and nothing here assumes that they fit 32 bits. Keys stay inside the `mac.Mac`
handed in.
"""

STEAM_ALPHABET = "23456789BCDFGHJKMNPQRTVWXY"
STEAM_LENGTH = 5
MIN_DIGITS, MAX_DIGITS = 5, 10


def step(unix, period):
    """The number of the time step of `period` seconds at `unix` (seconds, UTC; RFC 6238, 4.2, T0 = 0)."""
    return unix // period


def remaining(unix, period):
    """How many whole seconds the step at `unix` still lasts: from `period` at its start down to 1."""
    return period - unix % period


def truncate(data):
    """Dynamic truncation of an HMAC of 20 bytes or more: an integer of 31 bits (RFC 4226, 5.3)."""
    offset = data[-1] & 0x0F
    return int.from_bytes(data[offset : offset + 4], "big") & 0x7FFFFFFF


def _value(mac, counter):
    if not 0 <= counter < 1 << 64:
        raise ValueError("counter outside 64 bits")
    return truncate(mac.digest(counter.to_bytes(8, "big")))


def hotp(mac, counter, digits=6):
    """The code of `counter` (0 to 2**64 - 1) as a string of 5 to 10 digits.

    The truncated value has 31 bits, so of ten digits the first is 0, 1 or 2. Raises ValueError out of range.
    """
    if not MIN_DIGITS <= digits <= MAX_DIGITS:
        raise ValueError("digits must be 5 to 10")
    return "%0*d" % (digits, _value(mac, counter) % 10**digits)


def steam(mac, counter):
    """Steam's code of time step `counter`: five letters and digits, least significant first."""
    value = _value(mac, counter)
    out = ""
    for _ in range(STEAM_LENGTH):
        out += STEAM_ALPHABET[value % len(STEAM_ALPHABET)]
        value //= len(STEAM_ALPHABET)
    return out


def code(kind, mac, counter, digits=6):
    """The code of an account of `kind` "totp", "hotp" or "steam" (five characters, whatever `digits`)."""
    if kind == "steam":
        return steam(mac, counter)
    if kind not in ("totp", "hotp"):
        raise ValueError("unknown kind of code")
    return hotp(mac, counter, digits)
