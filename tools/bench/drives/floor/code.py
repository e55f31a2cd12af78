# A button that sends seven prepared reports, and an echo: no secret, no clock, no protocol.

import board
import keypad
import usb_cdc
import usb_hid

REPORTS = tuple(bytes((0, 0, key, 0, 0, 0, 0, 0)) for key in (0x59, 0x5A, 0x5B, 0x5C, 0x5D, 0x5E, 0))
keys = keypad.Keys((board.GP15,), value_when_pressed=False, pull=True, interval=0.005, debounce_threshold=2)
keys.reset()
keyboard = usb_hid.devices[0]
port = usb_cdc.data

while True:
    event = keys.events.get()
    if event and event.released:
        for report in REPORTS:
            keyboard.send_report(report)
    if port.in_waiting:
        port.write(port.read(port.in_waiting))
