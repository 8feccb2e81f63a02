"""Django's SQLite backend on SQLCipher: the same engine, newer and encrypted on disk."""
