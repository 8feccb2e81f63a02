"""What Django needs to know of the clinic: its name, its system checks, and the guards of its database."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ClinicConfig(AppConfig):
    """The one application."""

    name = "needlepoint.clinic"
    label = "clinic"
    verbose_name = "Clinic"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, listen at the door, and set the guards after every migration: some rebuild tables."""
        from needlepoint.clinic.server import checks, hearing
        from needlepoint.clinic.server.door import sign_in_events

        checks.register()
        hearing.listen()
        sign_in_events.listen()
        pre_migrate.connect(_lift, sender=self)
        post_migrate.connect(_guard, sender=self)


def _lift(using: str, **_: Any) -> None:
    from django.db import connections

    from needlepoint.clinic.practice.queries import guards

    # SQLite rebuilds a table to change it, and cannot while a trigger elsewhere names it.
    guards.lift(connections[using])


def _guard(using: str, **_: Any) -> None:
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from needlepoint.clinic.practice.queries import guards

    executor = MigrationExecutor(connections[using])
    # A database left at an older state has no guards, and is not served; see `missing`.
    if not executor.migration_plan(executor.loader.graph.leaf_nodes("clinic")):
        guards.install(connections[using])
