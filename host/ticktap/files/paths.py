"""The folder of this user's files."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def data_dir(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> Path:
    """Returns the folder of this user's data: `TICKTAP_HOME`, or the platform's convention."""
    if home := environ.get("TICKTAP_HOME"):
        return Path(home)
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "ticktap"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "ticktap"
    shared = Path(environ.get("XDG_DATA_HOME", ""))
    # The XDG Base Directory specification says to ignore relative paths.
    return (shared if shared.is_absolute() else Path.home() / ".local" / "share") / "ticktap"
