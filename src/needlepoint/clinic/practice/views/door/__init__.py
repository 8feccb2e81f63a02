"""How a page is asked, refused and shown."""
