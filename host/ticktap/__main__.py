"""python -m ticktap: the command line."""

import sys

from ticktap.cli.main import run

sys.exit(run())
