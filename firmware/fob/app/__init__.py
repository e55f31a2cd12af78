"""The token's behaviour: gestures, menus, requests that wait for a press, PIN entry, delivery of codes."""
