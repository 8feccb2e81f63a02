"""A database at an older step.

`migrate` goes back to a step only where no migration stands for it together with others: here the steps are alone.
"""

import atexit
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings

AT_ONCE = "0018_all_at_once"
ALONE = "steps_alone"
SETTINGS_MODULE = "settings_of_steps"
SETTINGS = f"""
from needlepoint.clinic.server.settings import *
MIGRATION_MODULES = {{"clinic": "{ALONE}"}}
"""


def names() -> list[str]:
    """Every step by its name, in order, without what stands for many of them."""
    disk = MigrationLoader(None).disk_migrations
    return sorted(name for (app, name), each in disk.items() if app == "clinic" and not each.replaces)


def laid_out(folder: Path) -> Path:
    """Lay the steps into a package in this folder, and beside it settings that know no others."""
    package = folder / ALONE
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (folder / f"{SETTINGS_MODULE}.py").write_text(SETTINGS)
    for name in names():
        step = import_module(f"needlepoint.clinic.migrations.{name}")
        shutil.copy(step.__file__, package)
    return folder


def migrate_back(to: str) -> None:
    """Undo every step after this one."""
    if ALONE not in sys.modules:
        folder = Path(tempfile.mkdtemp(prefix="np-steps-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        sys.path.append(str(laid_out(folder)))
    with override_settings(MIGRATION_MODULES={"clinic": ALONE}):
        call_command("migrate", "clinic", to, verbosity=0)
