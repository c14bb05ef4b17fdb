"""What ``nabor`` starts with: it imports nothing, so that whoever thinks better of it at once reads no traceback."""

import sys


def run() -> None:
    """The entry point: all commands, and a plain word for a Ctrl-C while they are still being loaded."""
    try:
        from console.main import run as run_commands

        run_commands()
    except KeyboardInterrupt:
        sys.stderr.write("Przerwano.\n")
        sys.exit(1)
