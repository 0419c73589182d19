"""The command line: Typer, `--json`, and exit codes that mean something."""
