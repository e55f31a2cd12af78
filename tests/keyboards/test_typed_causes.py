"""Codes typed for one layout on a host of another, through real layout tables: the host's layout is named."""

import pytest

from fob.hid.layouts import LAYOUTS, keys
from keyboards.hosts import HOSTS, one_by_one
from keyboards.xkb import Host
from ticktap.diagnostics.typing_diagnosis import compare

CODE, STEAM = "8027513946", "B7KQYVW"


def arrived(code, token, host, digits):
    return Host(*HOSTS[host][0], num_lock=True).feed(one_by_one(keys(code, token, digits)))


@pytest.mark.parametrize("token", LAYOUTS)
@pytest.mark.parametrize("host", LAYOUTS)
def test_the_hosts_layout_is_among_those_named(token, host):
    for code, digits in ((CODE, "row"), (STEAM, "keypad")):
        came = arrived(code, token, host, digits)
        found = compare(code, came, digits=digits, layout=token)
        if came == code:
            assert found.cause == "right"
        elif len(came) == len(code):  # no dead key swallowed a character
            assert found.cause == "layout", (code, came)
            assert host in found.layouts
