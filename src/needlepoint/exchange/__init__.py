"""Other people's formats, as plain mappings to and from our own words; no sockets."""
