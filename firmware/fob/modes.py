"""What the token is doing, most urgent first. Token.mode() chooses one.

Click, hold, encoder, LED and screen all follow the mode, so that they agree on what a press does.
"""

TYPING = 0  # a code is being typed
PRESSED = 1  # a request whose press came waits for the next time step, or for the host to wake up
REQUEST = 2  # a request waits for a press
WAITING = 3  # a code waits for the next time step, or for the host to wake up
MENU = 4  # the account menu is open
PIN = 5  # a PIN is being entered with the buttons, or is being checked
# From here on a press types a code, opens the menu or begins a PIN, or shows why it cannot.
MAINTENANCE = 6
STORE_UNUSABLE = 7
CLOCK_INVALID = 8
LOCKED = 9
READY = 10
