"""rsyslog takes our RFC 5424 messages apart as they were put together."""

import os
import select
import subprocess

import pytest

from interop.serving import LOOPBACK, ended, free_port, program
from ticktap.registry.audit_chain import Event
from ticktap.registry.syslog import Address, Syslog

TRIES = 100  # until it listens, half a second each
REFUSED = Event(1_795_003_600, "zo\u00eb", "192.0.2.7", "sign-in-refused", {"reason": "no-match"})
FIELDS = ("pri", "timestamp", "hostname", "app-name", "procid", "msgid", "structured-data", "msg")
CONFIGURATION = """
global(workDirectory="{folder}" maxMessageSize="8k")
module(load="imudp")
module(load="imtcp")
module(load="imuxsock" SysSock.Use="off")
template(name="fields" type="list") {{
    {fields} constant(value="\\n")
}}
input(type="imudp" address="127.0.0.1" port="{udp}")
input(type="imtcp" address="127.0.0.1" port="{tcp}")
input(type="imuxsock" Socket="{folder}/log" UseSpecialParser="off" IgnoreTimestamp="off")
action(type="ompipe" Pipe="{folder}/out" template="fields")
"""


@pytest.fixture
def rsyslog(tmp_path):
    """The server's addresses by their kind, and the end of the pipe that it writes to."""
    udp, tcp = free_port(), free_port()
    fields = ' constant(value="|") '.join(f'property(name="{name}")' for name in FIELDS)
    text = CONFIGURATION.format(folder=tmp_path, udp=udp, tcp=tcp, fields=fields)
    (tmp_path / "rsyslog.conf").write_text(text.replace('"timestamp"', '"timestamp" dateFormat="rfc3339"'))
    os.mkfifo(tmp_path / "out")
    out = os.open(tmp_path / "out", os.O_RDWR | os.O_NONBLOCK)
    arguments = [program("rsyslogd"), "-n", "-f", str(tmp_path / "rsyslog.conf"), "-i", str(tmp_path / "pid")]
    server = subprocess.Popen(arguments)
    yield {"udp": f"udp://{LOOPBACK}:{udp}", "tcp": f"tcp://{LOOPBACK}:{tcp}", "unix": f"{tmp_path}/log"}, out
    ended(server)
    os.close(out)


@pytest.mark.parametrize("kind", ["udp", "tcp", "unix"])
def test_every_field_arrives(rsyslog, kind):
    addresses, out = rsyslog
    received = ""
    for _ in range(TRIES):
        sender = Syslog(Address.of(addresses[kind]))
        sender.send("zo\u00eb", REFUSED)
        sender.flush()
        if select.select([out], [], [], 0.5)[0]:
            received += os.read(out, 65536).decode()
        if "|ticktap|" in received:
            break
    line = next(line for line in received.splitlines() if "|ticktap|" in line)
    fields = dict(zip(FIELDS, line.split("|"), strict=True))
    assert (fields["pri"], fields["timestamp"], fields["msgid"]) == (
        "84", "2026-11-18T12:06:40Z", "sign-in-refused",
    )  # fmt: skip
    assert fields["structured-data"].startswith('[origin software="ticktap"')
    assert fields["procid"] == str(os.getpid())
    message = fields["msg"].lstrip(" \ufeff")
    assert message == 'sign-in-refused user="zo\u00eb" by="zo\u00eb" from="192.0.2.7" reason="no-match"'
