"""account add: what is refused, and what is said of a URI that is not understood in full."""

import io

import pytest
import segno

from cli.command import BASE32

STEAM = f"steam://{BASE32}"


def parts(text):
    """Two pictures, each with half of a text."""
    found = []
    for code in segno.make_sequence(text, symbol_count=2):
        out = io.BytesIO()
        code.save(out, kind="png", scale=4)
        found.append(out.getvalue())
    return found


def test_the_short_form_of_steam(ticktap, token):
    done = ticktap("account", "add", "--name", "birch", stdin=STEAM + "\n")
    assert done.code == 0, done.err
    (account,) = token.accounts.values()
    assert (account["issuer"], account["name"], account["type"]) == ("Steam", "birch", "steam")


def test_half_of_a_secret_is_refused_before_a_press(ticktap, token):
    uri = f"otpauth://totp/Site:birch?secret={BASE32}&2step_salt=8&2step_output=20"
    done = ticktap("account", "add", stdin=uri + "\n")
    assert done.code == 2 and "one half" in done.err
    assert not token.accounts


def test_an_unknown_parameter_is_named(ticktap, token):
    done = ticktap("account", "add", stdin=f"otpauth://totp/Site:birch?secret={BASE32}&t0=9\n")
    assert done.code == 0, done.err
    assert "'t0'" in done.err


@pytest.mark.parametrize("at", [0, 1])
def test_one_part_of_several_codes_is_refused(ticktap, token, tmp_path, at):
    path = tmp_path / "half.png"
    path.write_bytes(parts(f"otpauth://totp/Site:birch?secret={BASE32}")[at])
    done = ticktap("account", "add", "--qr", str(path))
    assert done.code == 2 and f"part {at + 1} of 2" in done.err
    assert not token.accounts


def test_all_parts_in_several_pictures_are_imported(ticktap, token, tmp_path):
    paths = []
    for at, data in enumerate(parts(f"otpauth://totp/Site:birch?secret={BASE32}")):
        paths.append(tmp_path / f"{at}.png")
        paths[-1].write_bytes(data)
    done = ticktap("account", "import", str(paths[1]), str(paths[0]))
    assert done.code == 0, done.err
    assert len(token.accounts) == 1
    alone = ticktap("account", "import", "--dry-run", str(paths[0]))
    assert alone.code == 9 and "part 1 of 2" in alone.out
