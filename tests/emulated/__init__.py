"""Real CircuitPython on an emulated RP2040: the harness and the tests that use it.

`token.EmulatedToken` is the way in. The chip is rp2040js, run by `board/` under Node; the Python files here
build what is in its flash and talk to it. Nothing here knows the firmware.
"""
