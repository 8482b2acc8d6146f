"""`doctor`: is everything set up, and what to do about what is not."""

from __future__ import annotations

from dataclasses import asdict

import click

STYLES = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def doctor(as_json: bool) -> int:
    """Check settings, models, index, model endpoint and Slack.

    Each line is ok, a warning or an error with what to do; any error makes the exit code 1.
    """
    from rich.text import Text

    from bot.cli.checks import findings
    from bot.cli.console import one_line, out, write_json

    found = []
    for finding in findings():
        found.append(finding)
        if not as_json:
            line = Text(f"{finding.status:<8}", style=STYLES[finding.status])
            out().print(line.append(f"{finding.check}: {one_line(finding.text)}", style="default"))
    healthy = not any(finding.status == "error" for finding in found)
    if as_json:
        write_json({"ok": healthy, "checks": [asdict(finding) for finding in found]})
    return 0 if healthy else 1
