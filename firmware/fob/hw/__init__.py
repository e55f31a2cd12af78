"""What touches the board. Nothing outside this folder imports a hardware module."""
