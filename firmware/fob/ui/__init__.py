"""What the LED and the screen show."""
