"""Where the program starts. It imports nothing before Ctrl-C can be caught."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = 130
    try:
        from bot.cli.program import leave_quietly, run

        code = run(sys.argv[1:])
        leave_quietly()
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.\n")
    sys.exit(code)
