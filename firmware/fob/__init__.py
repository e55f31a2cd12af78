"""ticktap's firmware. Modules here are pure logic; `fob.hw` is what touches the board."""
