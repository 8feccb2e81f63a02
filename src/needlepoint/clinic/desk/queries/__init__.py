"""The only readers: rows become frozen values in few statements."""
