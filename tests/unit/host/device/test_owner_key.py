"""The owner's key: where it is kept, what each token gets of it, and what is said when it is not there."""

import os
import stat

import keyring
import keyring.backend
import keyring.errors
import pytest

from ticktap.device import owner_key
from ticktap.device.owner_key import KeyLocation
from ticktap.errors import BadInput, NotOwner, TicktapError
from ticktap.files.key_file import KeyFileError

MASTER = bytes(range(32))
SALT = bytes(range(16))


@pytest.fixture
def env(tmp_path):
    return {"TICKTAP_HOME": str(tmp_path / "kept")}


class Memory(keyring.backend.KeyringBackend):
    """A keyring that lasts as long as a test."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password


@pytest.fixture
def ring():
    before, ring = keyring.get_keyring(), Memory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_each_claim_has_a_key_of_its_own():
    keys = [owner_key.token_key(MASTER, "DE6312", salt) for salt in (SALT, bytes(16))]
    assert keys[0] != keys[1]


def test_each_token_has_a_key_of_its_own():
    keys = [owner_key.token_key(MASTER, serial, SALT) for serial in ("DE6312", "DE6313")]
    assert len({bytes(key) for key in keys}) == 2
    assert {len(key) for key in keys} == {32}
    assert owner_key.token_key(MASTER, "DE6312", SALT) == keys[0]
    assert MASTER not in [bytes(key) for key in keys]


def test_the_key_is_hkdf_by_the_book():
    """RFC 5869 by hand: extract with the salt, expand one block."""
    import hmac

    extracted = hmac.digest(SALT, MASTER, "sha256")
    assert owner_key.token_key(MASTER, "DE6312", SALT) == hmac.digest(
        extracted, b"ticktap owner|DE6312" + b"\x01", "sha256"
    )


def test_a_file_is_made_once_and_is_its_owners_alone(env):
    place = KeyLocation(env=env)
    assert place.master() is None
    key = place.create()
    assert place.create() == place.master() == KeyLocation(env=env).require() == key
    assert place.path.name == "owner.key"
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.path.parent.stat().st_mode) == 0o700


def test_the_choice_comes_before_the_variable_and_that_before_the_usual_place(env, tmp_path):
    named, chosen = tmp_path / "named", tmp_path / "chosen"
    env["TICKTAP_OWNER"] = str(named)
    assert KeyLocation(None, env).path == named
    assert KeyLocation(str(chosen), env).path == chosen


def test_a_key_that_is_not_here_is_asked_for(env):
    with pytest.raises(NotOwner, match="not here") as failure:
        KeyLocation(env=env).require()
    assert "--owner FILE or TICKTAP_OWNER" in failure.value.remedy
    assert not KeyLocation(env=env).path.exists(), "looking makes no key"


def test_a_file_that_others_can_read_is_refused(env):
    place = KeyLocation(env=env)
    place.create()
    place.path.chmod(0o644)
    with pytest.raises(KeyFileError, match="others can read") as failure:
        place.master()
    assert "chmod 600" in failure.value.remedy


def test_a_damaged_file_is_refused_and_not_replaced(env):
    place = KeyLocation(env=env)
    place.create()
    place.path.write_bytes(b"short")
    with pytest.raises(KeyFileError, match="damaged"):
        place.create()
    assert place.path.read_bytes() == b"short"


@pytest.mark.skipif(os.name != "posix", reason="permissions of folders are a thing of POSIX")
def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(KeyFileError, match="cannot be used") as failure:
        KeyLocation(str(tmp_path / "file" / "owner.key"), {}).create()
    assert failure.value.remedy


def test_the_keyring_keeps_a_key(ring):
    place = KeyLocation("keyring:desk", {})
    assert place.master() is None
    key = place.create()
    assert KeyLocation(None, {"TICKTAP_OWNER": "keyring:desk"}).require() == place.create() == key
    assert len(key) == 32
    assert list(ring.kept) == [("ticktap owner", "desk")]
    assert str(place) == "the keyring's entry 'desk'"


@pytest.mark.parametrize("text", ["", "AAAA", "no base64"])
def test_an_entry_that_is_no_key_is_refused_and_not_repeated(ring, text):
    ring.kept["ticktap owner", "desk"] = text
    with pytest.raises(KeyFileError, match="no owner's key") as failure:
        KeyLocation("keyring:desk", {}).create()
    assert not text or text not in failure.value.message
    assert ring.kept["ticktap owner", "desk"] == text


def test_a_keyring_that_does_not_open_is_told(ring):
    def locked(*_):
        raise keyring.errors.KeyringLocked("a text that is not ours")

    ring.get_password = locked
    with pytest.raises(KeyFileError, match=r"KeyringLocked") as failure:
        KeyLocation("keyring:desk", {}).require()
    assert "not ours" not in str(failure.value)


def test_a_keyring_that_keeps_nothing_is_noticed(ring):
    ring.set_password = lambda *_: None
    with pytest.raises(KeyFileError, match="did not keep"):
        KeyLocation("keyring:desk", {}).create()


def test_without_the_package_it_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    with pytest.raises(TicktapError, match="not installed") as failure:
        KeyLocation("keyring:desk", {}).require()
    assert "ticktap[keyring]" in failure.value.remedy


def test_an_entry_needs_a_name():
    with pytest.raises(BadInput):
        KeyLocation("keyring:", {})


def test_keys_do_not_show_themselves(env):
    place = KeyLocation(env=env)
    keys = [place.create(), place.require(), owner_key.token_key(MASTER, "DE6312", SALT)]
    assert {repr(key) for key in keys} == {str(key) for key in keys} == {"(hidden)"}
