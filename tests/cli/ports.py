"""Runs ticktap on a computer whose USB ports are those in TICKTAP_TEST_PORTS (JSON, fields of pyserial's)."""

import json
import os
import sys
import types

from serial.tools import list_ports

from ticktap.cli.main import run

PORTS = [types.SimpleNamespace(**port) for port in json.loads(os.environ["TICKTAP_TEST_PORTS"])]
list_ports.comports = lambda: PORTS
sys.exit(run())
