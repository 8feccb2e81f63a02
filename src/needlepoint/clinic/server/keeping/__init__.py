"""What keeps an installation: keys, backups, proofs, its identity."""
