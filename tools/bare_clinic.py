"""A clinic with nothing in it, for a tool that only reads what its pages say."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path


def set_up() -> None:
    """Prepare Django with a folder and a key that nothing is kept in."""
    room = Path(tempfile.mkdtemp(prefix="needlepoint-tool-"))
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    (room / "folder").mkdir()
    key = room / "key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    os.environ |= {
        "NEEDLEPOINT_FOLDER": str(room / "folder"),
        "NEEDLEPOINT_KEY_FILE": str(key),
        "NEEDLEPOINT_HTTPS": "no",
        "DJANGO_SETTINGS_MODULE": "needlepoint.clinic.server.settings",
    }
    import django

    django.setup()
