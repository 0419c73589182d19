"""`patrol ...`. A command's module is imported when it is called, so that `--help` is quick."""

from importlib import import_module
from pathlib import Path
from typing import Any

import click
import typer
from typer.main import get_command

COMMANDS = tuple(
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if path.stem not in {"__init__", "main", "common"}
    )
)
"""A command is a file here with a Typer `app`: `flag.py` is `patrol flag`."""


class Commands(click.Group):
    """Finds a command by its file."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        app: typer.Typer = import_module(f"patrol.cli.{cmd_name}").app
        command: Any = get_command(app)
        command.name = cmd_name
        return command


main = Commands(
    name="patrol",
    help="A workbench for authorized police internet patrols. No image is ever requested, kept or shown.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
