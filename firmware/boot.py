# Runs before USB starts: sets the USB identity and chooses the USB interfaces.
#
# Normal mode: a keyboard and one serial port. Maintenance mode (the button is held while plugging in): the
# drive, the console and the serial port, but no keyboard. After an error here the token is in maintenance
# mode too, so that the error can be corrected.
#
# The output must always be the same: CircuitPython writes it to boot_out.txt when it has changed, and a power
# cut during a write to the drive can destroy the file system.

import supervisor
import usb_cdc
import usb_hid

from fob.version import VERSION

print("ticktap", VERSION)
supervisor.set_usb_identification("ticktap", "ticktap token")
usb_cdc.enable(console=True, data=True)
try:
    import usb_midi

    usb_midi.disable()  # as an audio device the token would not be suspended by some hosts
except ImportError:
    pass  # this build has no MIDI

try:
    from fob.hw.boot_button import is_held

    maintenance = is_held()
except Exception as error:
    maintenance = True
    del error  # code.py raises it again, and its traceback is shown on the console

if maintenance:
    usb_hid.disable()
else:
    import storage

    usb_hid.enable((usb_hid.Device.KEYBOARD,))
    usb_cdc.enable(console=False, data=True)
    storage.disable_usb_drive()
    storage.remount("/", readonly=False)  # for the store file, if there is one; nothing else is ever written
