"""The token on a real Linux kernel: the emulated board over USB/IP in a QEMU guest."""
