"""`slack` and `feedback`: the bot in Slack and what people there thought of its answers."""

from __future__ import annotations

import click


def _address(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            raise click.BadParameter(f"{value!r} is not an address: write HOST:PORT, as in 0.0.0.0:3000.")
    return value


@click.command()
@click.option(
    "--http",
    metavar="HOST:PORT",
    callback=_address,
    help="Listen to Slack's HTTP requests there instead of Socket Mode.",
)
@click.option("--print-manifest", is_flag=True, help="Print the manifest to create the Slack app from, and leave.")
def slack(http: str | None, print_manifest: bool) -> None:
    """Run the Slack bot.

    It needs SLACK_BOT_TOKEN, and SLACK_APP_TOKEN for Socket Mode or SLACK_SIGNING_SECRET for --http.
    """
    if print_manifest:
        from bot.slack.manifest import manifest

        click.echo(manifest().rstrip())
        return
    from bot.settings import load_settings
    from bot.slack.app import run

    run(load_settings(), http)


@click.group()
def feedback() -> None:
    """What people in Slack thought of the answers."""


@feedback.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a case on each line.")
def export(as_json: bool) -> None:
    """Print the feedback as evaluation cases, one on each line, for `citebot eval`."""
    from bot.cli.console import write_json
    from bot.settings import load_settings
    from bot.slack.feedback import export

    cases = export(load_settings())
    if as_json:
        write_json(cases)
        return
    for case in cases:
        write_json(case, indent=None)
