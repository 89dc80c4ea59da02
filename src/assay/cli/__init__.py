"""The command line: one file a room, nothing but parsing and printing."""
