"""`patrol ...`. A command's module is imported when it is called, so that `--help` is quick."""

from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

COMMANDS = tuple(
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("*.py")
        if path.stem not in {"__init__", "main", "common"}
    )
)
"""A command is a file here with a Typer `app`: `flag.py` is `patrol flag`."""


class Commands(TyperGroup):
    """Finds a command by its file. Typer's own group: another click would not know its exit codes."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # noqa: ARG002  (Typer's signature)
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        app: typer.Typer = import_module(f"patrol.cli.{cmd_name}").app
        command = get_command(app)
        command.name = cmd_name
        return command


main = Commands(
    name="patrol",
    help="A workbench for authorized police internet patrols. No image is ever requested, kept or shown.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
