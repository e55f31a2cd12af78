"""A served token with a PIN, or with an owner."""

from cli.command import PIN
from ticktap.device import pin
from ticktap.device.owner_key import KeyLocation, token_key
from ticktap.device.owner_session import encoded


def give_pin(token, text=PIN, locked=True):
    """The token has that PIN, and was plugged in since."""
    kdf = pin.KdfParams.new()
    token.finger, finger = "press", token.finger
    params = {"key": encoded(pin.key(text, kdf)), "salt": encoded(kdf.salt)}
    token.do_pin_set(**params, memory=kdf.memory, passes=kdf.passes, lanes=kdf.lanes, timeout=30)
    token.finger, token.locked = finger, locked


def give_owner(token, ticktap):
    """Whoever uses `ticktap` owns the token; returns where the key is."""
    place = KeyLocation(env={"TICKTAP_HOME": str(ticktap.home / "kept")})
    token.owner = bytes(token_key(place.create(), token.hello["serial"], token.salt))
    return place.path
