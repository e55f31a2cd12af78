# ticktap: a sign-in token that types one-time codes.
#
# The drive has all modules twice: compiled in /mpy, and as source in /lib. The compiled ones start much
# faster. They are used on the major versions of CircuitPython that they were tested on. On other versions, or
# if CircuitPython rejects them, the source is used.

import sys

if sys.implementation.version[0] in (9, 10):
    sys.path.insert(0, "/mpy")
    try:
        import fob.hw.buttons  # noqa: F401
    except (ValueError, ImportError):
        sys.path.remove("/mpy")
        for name in [name for name in sys.modules if name.startswith("fob")]:
            del sys.modules[name]

from fob.hw.buttons import Buttons

buttons = Buttons()  # from now on presses are queued while the other modules are loaded

from fob.hw.main import run  # noqa: E402

run(buttons)
