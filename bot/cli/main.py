"""Where the program starts. It imports hardly anything before Ctrl-C can be caught."""

import signal
import sys
from threading import Event
from types import FrameType

interrupted = Event()
"""Set by Ctrl-C: a library that is being imported may turn the KeyboardInterrupt into an error of its own."""


def _interrupt(number: int, frame: FrameType | None) -> None:
    interrupted.set()
    signal.default_int_handler(number, frame)


def main() -> None:
    """Run the command line and leave with its exit code."""
    signal.signal(signal.SIGINT, _interrupt)
    code = 130
    try:
        from bot.cli.program import leave_quietly, run

        code = run(sys.argv[1:])
        leave_quietly()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
    sys.exit(code)
