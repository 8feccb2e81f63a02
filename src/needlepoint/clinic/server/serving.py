"""The web server: gunicorn with threads, in this process, and a worker beside it."""

from __future__ import annotations

import gc
import resource
from threading import Thread
from typing import Any

from gunicorn.app.base import BaseApplication


class Clinic(BaseApplication):
    """Gunicorn around the clinic; several processes may answer: tries to sign in are counted in the database."""

    def __init__(self, host: str, port: int, threads: int, processes: int) -> None:
        self.host, self.port, self.threads, self.processes = host, port, threads, processes
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn its settings."""
        for name, value in (
            ("bind", f"{self.host}:{self.port}"),
            ("workers", self.processes),
            ("threads", self.threads),
            ("worker_class", "gthread"),
            ("loglevel", "warning"),
            ("timeout", 60),
            ("limit_request_line", 4094),
            ("limit_request_fields", 50),
        ):
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application, with the forecast being made ready in this process."""
        from django.conf import settings

        from needlepoint.clinic.chair.queries.course import warming
        from needlepoint.clinic.practice.views.door import clock
        from needlepoint.clinic.server.wsgi import application

        clock.keep(settings.CLOCK_FILE)

        Thread(target=_settle, args=(warming.begin(),), name="settle", daemon=True).start()
        return application


# Python looks for garbage after 700 new objects by default, and a page makes thousands.
NEW_OBJECTS = 20_000


def _settle(forecast: Thread) -> None:
    """Once all is loaded, take it out of what is searched for garbage again and again: it stays as long as we do."""
    forecast.join()
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)


def run(host: str, port: int, threads: int, processes: int = 1) -> None:
    """Serve until interrupted, with a worker beside it."""
    from django.db import connections

    # A picture of the memory after a crash would be one of keys and photos, in plain.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A connection must not be carried into the worker process.
    connections.close_all()
    from needlepoint.clinic.server.work.worker import Kept

    kept = Kept().start()
    try:
        Clinic(host, port, threads, processes).run()
    finally:
        kept.stop()
