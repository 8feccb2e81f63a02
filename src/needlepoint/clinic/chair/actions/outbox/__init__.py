"""What people agreed to be told, and the messages that are written to go out."""
