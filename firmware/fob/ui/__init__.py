"""What the LED and the screen say."""
