"""The web pages: sign-in, self-service and administration in a browser. Needs the extra `ticktap[web]`."""
