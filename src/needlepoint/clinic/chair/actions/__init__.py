"""The only writers: permission checked, atomic, and the record written in the same transaction."""
