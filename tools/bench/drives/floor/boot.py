# The smallest program for comparison: see code.py.

import storage
import usb_cdc
import usb_hid

usb_hid.enable((usb_hid.Device.KEYBOARD,))
usb_cdc.enable(console=False, data=True)
storage.disable_usb_drive()
