"""The command line: read the arguments, call, print."""
