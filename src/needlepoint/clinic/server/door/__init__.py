"""What stands at the door of the web server: sign-in, sessions, cookies, refusals, how much may be sent."""
