"""ticktap: the host side of the USB sign-in token. A library; the command line is in ticktap.cli."""

__version__ = "0.1.0"
