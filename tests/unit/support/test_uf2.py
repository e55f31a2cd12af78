"""Finding, vouching for and downloading the CircuitPython UF2. The server is a local one."""

import hashlib
import http.server
import struct
import threading

import pytest

from emulated import download, uf2
from emulated.download import Refused

NAME = "adafruit-circuitpython-raspberry_pi_pico-en_US-10.9.9.uf2"
GREETING = b"Adafruit CircuitPython 10.9.9 on 2026-01-02; Raspberry Pi Pico with rp2040"


def block(data, number=0):
    head = struct.pack(
        "<8I", *uf2.MAGIC, 0x2000, uf2.XIP_BASE + 256 * number, 256, number, 1, uf2.FAMILY_RP2040
    )
    return (head + data.ljust(476, b"\0")).ljust(512, b"\0")


FILE = block(GREETING)
SHA256 = hashlib.sha256(FILE).hexdigest()


class Site(http.server.BaseHTTPRequestHandler):
    """Serves FILE for a path that ends in NAME."""

    def do_GET(self):
        found = self.path == f"/bin/raspberry_pi_pico/en_US/{NAME}"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(FILE if found else b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with http.server.HTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/bin/{{board}}/en_US/{{name}}"
        server.shutdown()
        thread.join()


def test_a_file_with_the_right_checksum_is_kept(site, tmp_path):
    path = download.download(NAME, tmp_path / "uf2", SHA256.upper(), site)
    assert path.read_bytes() == FILE
    assert [each.name for each in (tmp_path / "uf2").iterdir()] == [NAME]
    assert uf2.runs(path) == "10.9.9 for Raspberry Pi Pico with rp2040"


def test_a_file_with_another_checksum_is_not(site, tmp_path):
    with pytest.raises(Refused, match=SHA256):
        download.download(NAME, tmp_path, "0" * 64, site)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("checksum", [None, "", "1234", "x" * 64])
def test_without_a_checksum_nothing_is_asked_for(checksum, tmp_path):
    with pytest.raises(Refused, match="is not known"):
        download.download(NAME, tmp_path, checksum, "http://127.0.0.1:1/{board}{name}")


@pytest.mark.parametrize(
    "name", ["", "../x.uf2", "firmware.uf2", NAME + "/..", NAME.replace("pico", "Pico/")]
)
def test_only_names_of_releases(name, tmp_path):
    with pytest.raises(Refused, match="not the name"):
        download.download(name, tmp_path, SHA256, "http://127.0.0.1:1/{board}{name}")


def test_what_the_site_does_not_have(site, tmp_path):
    with pytest.raises(Refused, match="cannot be downloaded"):
        download.download(NAME.replace("10.9.9", "10.9.8"), tmp_path, SHA256, site)


def test_a_pinned_name_with_other_bytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.delenv("CIRCUITPYTHON_UF2_SHA256", raising=False)
    name = next(iter(download.PINNED))
    (tmp_path / name).write_bytes(FILE)
    with pytest.raises(Refused, match=SHA256):
        download.check(tmp_path / name)


def test_a_checksum_that_was_given_counts_for_any_name(tmp_path, monkeypatch):
    path = tmp_path / "mine.uf2"
    path.write_bytes(FILE)
    monkeypatch.setenv("CIRCUITPYTHON_UF2_SHA256", SHA256)
    download.check(path)
    path.write_bytes(FILE + FILE)
    with pytest.raises(Refused):
        download.check(path)


def test_the_named_file_goes_before_the_cache_and_the_newest_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(uf2, "CACHE", tmp_path)
    monkeypatch.delenv("CIRCUITPYTHON_UF2", raising=False)
    monkeypatch.delenv("CIRCUITPYTHON_UF2_SHA256", raising=False)
    assert uf2.find_uf2() is None
    for version in ("9.2.9", "10.0.3", "10.10.0"):
        (tmp_path / f"adafruit-circuitpython-raspberry_pi_pico-en_US-{version}.uf2").write_bytes(FILE)
    assert uf2.find_uf2().name.endswith("10.10.0.uf2")
    named = tmp_path / "named"
    named.write_bytes(FILE)
    monkeypatch.setenv("CIRCUITPYTHON_UF2", str(named))
    assert uf2.find_uf2() == named
    monkeypatch.setenv("CIRCUITPYTHON_UF2", str(tmp_path / "nothing"))
    with pytest.raises(FileNotFoundError):
        uf2.find_uf2()
