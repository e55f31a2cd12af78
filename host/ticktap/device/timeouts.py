"""Time-outs of requests to a token, in seconds."""

from __future__ import annotations

HELLO = 1.0  # short, so that a port without a token does not delay the others
QUICK = 5.0  # requests that need no button press
CHANGE = 30.0  # requests that write: a full log is compacted first
UNLOCK = 30.0  # unlocking decrypts every account once
ENDING = 1.0  # session.close

PRESS = 30  # what the user has for the press; the token's default too
PRESS_SLACK = 20.0  # after the press, until the response must arrive
TYPE_SLACK = 60.0  # for a code: the token may wait for the next time step (30 s) and its start delay (5 s)
SEAL_SLACK = 120.0  # a new PIN re-encrypts every account
