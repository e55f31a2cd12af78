"""Real CircuitPython on an emulated RP2040: the harness and the tests that use it.

Start with `token.EmulatedToken`. The chip is rp2040js, run by `board/` under Node; the Python files here
make the contents of its flash and communicate with it. Nothing here depends on the firmware.
"""
