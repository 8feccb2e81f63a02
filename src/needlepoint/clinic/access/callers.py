"""From where somebody comes, told so that it helps a person and follows nobody: a part of the network, a browser."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

# The first that is found in the browser's own words names it: most of them also name their ancestors.
BROWSERS = (
    ("Edg/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
COMMAND_LINE = "the command line"


@dataclass(frozen=True, slots=True)
class Caller:
    """A part of the network and a browser, in words."""

    network: str
    browser: str

    @classmethod
    def of(cls, address: str, agent: str) -> Caller:
        """Read what a request says of itself."""
        return cls(network_of(address), browser_of(agent))


def network_of(address: str) -> str:
    """Return the network that an address lies in: 24 bits of an old address, 48 of a new one."""
    try:
        known = ip_address(address.strip().partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return str(ip_network((known, 24 if known.version == 4 else 48), strict=False))


def browser_of(agent: str) -> str:
    """Return a browser and its system in words of ours; nothing that a caller wrote is repeated."""
    browser = next((name for sign, name in BROWSERS if sign in agent), "another program")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if system else browser
