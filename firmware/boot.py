# Before USB starts: who we are, and what a host may see.
#
# In normal use a keyboard and one serial port. With the button held while plugging in, maintenance: the drive
# and the console too, and no keyboard. Whatever goes wrong here ends in maintenance: the way in.
#
# Always prints the same: a changed boot_out.txt is a write to the drive, and a power cut during one can lose
# the drive.

import supervisor
import usb_cdc
import usb_hid

from fob.version import VERSION

print("ticktap", VERSION)
supervisor.set_usb_identification("ticktap", "ticktap token")
usb_cdc.enable(console=True, data=True)
try:
    import usb_midi

    usb_midi.disable()  # else the token is a sound card too, and a host keeps it from USB suspend
except ImportError:
    pass  # a build without MIDI

try:
    from fob.hw.boot_button import is_held

    maintenance = is_held()
except Exception as error:
    maintenance = True
    del error  # code.py meets it again and says it where somebody reads

if maintenance:
    usb_hid.disable()
else:
    import storage

    usb_hid.enable((usb_hid.Device.KEYBOARD,))
    usb_cdc.enable(console=False, data=True)
    storage.disable_usb_drive()
    storage.remount("/", readonly=False)  # for the vault, if there is one; nothing else is ever written
