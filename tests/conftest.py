"""What every test starts from: no chance, no display, no network, no clock zone of the machine."""

import os
import socket
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every run: a red test is red for everyone. `make truth` looks further.
settings.register_profile(
    "house", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("far", settings.get_profile("house"), derandomize=False, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "house"))

os.environ["MPLBACKEND"] = "Agg"
# A zone with an odd offset, so that code which falls back on the machine's own zone is found out.
os.environ["TZ"] = "Asia/Kathmandu"
if hasattr(time, "tzset"):
    time.tzset()

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Only this machine may be called; nothing that Needlepoint does needs another."""
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if not isinstance(address, tuple) or str(host).startswith(LOOPBACK):
            return connect(self, address)
        raise AssertionError(f"a test called {address!r}: the tests run without a network")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", only_loopback)
        yield
