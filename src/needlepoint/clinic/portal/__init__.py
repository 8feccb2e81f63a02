"""The patient's own pages, by another door and with another cookie."""
