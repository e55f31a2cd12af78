# ticktap: a clock that taps the code in for you.
#
# The modules are here twice: compiled in /mpy, as source in /lib. The compiled ones start much faster. They
# are for the major versions of CircuitPython that they were tested on. On another, or if this one refuses
# them, the source is run.

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

buttons = Buttons()  # from here on a press waits for the rest

from fob.hw.main import run  # noqa: E402

run(buttons)
