"""How the clinic is run: settings, addresses, doors into the web server, checks before it starts."""
