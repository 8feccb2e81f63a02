"""What is wrong with the knowledge base, in one line that names the file and the key."""

from __future__ import annotations


class EvidenceError(Exception):
    """The knowledge base cannot be used as it is; whoever edits the data files can mend it."""
