"""Makes a data directory: tables, keys, rules and sources of `config/`; brings an older one up to date."""

from pathlib import Path

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from patrol.actions.collecting import sources
from patrol.actions.desk import Desk
from patrol.actions.keeping import retention
from patrol.actions.maintaining import backups as copies
from patrol.actions.rulemaking import rulebook
from patrol.config import read_rules, read_sources
from patrol.errors import PatrolError, Refused
from patrol.models import Permission, Verb
from patrol.register import checkpoints, clock, log
from patrol.register.copies import NotThere, backups_of
from patrol.register.database import database
from patrol.register.postgres.tools import ToolFailed, ToolMissing
from patrol.register.secrets import secret_file
from patrol.register.sqlite import empty
from patrol.register.tables import LedgerRecord, Purge
from patrol.settings import Settings

REGISTER = "register"
"""Whose migrations are ours; a library's may differ between machines of one version."""


class HalfMigrated(Refused):
    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"The register lacks {waiting} migrations.",
            why="A schema that is half old would lose what it keeps.",
            do="Back the data directory up, then run `patrol init`.",
        )


class MigratedBeyond(Refused):
    def __init__(self, unknown: list[str]) -> None:
        super().__init__(
            f"The register was changed by a newer version: {', '.join(unknown)}.",
            why="This version does not know its tables and would write what the newer one cannot read.",
            do="Install the newer version here too. Going back is restoring a backup of before.",
        )


class NotCopied(Refused):
    """An older register could not be copied, so it stays an older one."""

    def __init__(self, error: PatrolError) -> None:
        super().__init__(
            "The register is not brought up to date, because it could not be copied before: nothing was changed.",
            why=error.what + " " + error.why,
            do="Make room in `backups/` of the data directory, or install PostgreSQL's `pg_dump` of the server's version or newer, "
            "and run `patrol init` again. Or copy it by other means, and run `patrol init --backed-up`.",
        )


def create(settings: Settings, desk: Desk, *, backed_up: bool = False) -> None:
    """Make the register, or bring an older one up to date. Safe to repeat.

    An older one is copied before, unless it is `backed_up` already. Raises `NotCopied`, `Damaged`; then nothing was changed.
    """
    make_tables(settings, backed_up=backed_up)
    log.refuse_unwritable()
    with desk.act(Permission.SYSTEM_OPERATE, Verb.REGISTER_CREATED):
        pass
    rulebook.publish(desk, *read_rules(settings.config))
    if checkpoints.signs_here():
        checkpoints.sign_now()


def make_tables(settings: Settings, *, backed_up: bool = False) -> None:
    """The data directory with empty tables and keys; nothing has happened there yet."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with database(settings).alone():
        executor = _refuse_newer()
        taken = None if backed_up else _back_up(settings, executor)
        if not settings.database_url and not executor.loader.applied_migrations:
            connections["default"].close()
            empty.lay(settings.database_path, executor.loader)
        call_command("migrate", verbosity=0)
        if taken is not None:
            copies.know(Desk.command_line(), *taken, settings.backup_days)
    for key in ("text.key", "tag.key"):
        secret_file(settings.keys_path / key)


def _back_up(settings: Settings, executor: MigrationExecutor) -> tuple[Path, str, int] | None:
    """Copy an older register before its tables are changed. None for a new one, and for one whose making was cut off."""
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not executor.loader.applied_migrations or not waiting or not _holds_records():
        return None
    folder = settings.home / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    ending = "dump" if settings.database_url else "sqlite3"
    path = folder / f"before-upgrade-{clock.now():%Y%m%dT%H%M%S}.{ending}"
    try:
        return path, "upgrade", backups_of(settings).take(settings, path).records
    except (NotThere, ToolMissing, ToolFailed) as error:
        raise NotCopied(error) from error


def _holds_records() -> bool:
    """Whether anything happened there yet."""
    tables = connections["default"].introspection.table_names()
    return "ledger_record" in tables and LedgerRecord.objects.exists()


def propose_shipped(settings: Settings, desk: Desk, unit: str) -> int:
    """Propose the sources of `config/sources`. They are read once somebody authorizes them."""
    shipped = read_sources(settings.config)
    for source in shipped:
        sources.propose(desk, source, unit)
    return len(shipped)


def _refuse_newer() -> MigrationExecutor:
    """Raise when another machine's newer version has changed the tables already."""
    executor = MigrationExecutor(connections["default"])
    ours = {key for key in executor.loader.applied_migrations if key[0] == REGISTER}
    if unknown := sorted(name for _, name in ours - set(executor.loader.disk_migrations)):
        raise MigratedBeyond(unknown)
    return executor


def require(*, signs: bool = True) -> Purge | None:
    """Raise unless the register is complete and its log can be written.

    A register that was put back from before a purge forgets first what that purge forgot: returns how. A machine
    that never signs has the public half of the log's key, shows nobody anything, and leaves that to those that serve.
    """
    require_tables()
    log.refuse_unwritable()
    checkpoints.refuse_rolled_back(signs=signs)
    if not signs:
        return None
    return retention.replay(Desk.command_line(), Settings())


def require_tables() -> None:
    """Raise unless every migration was carried out, and none that is unknown here."""
    executor = _refuse_newer()
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise HalfMigrated(len(waiting))


def begin_serving(settings: Settings, desk: Desk) -> None:
    """Record that this machine serves from now on, and whether in a laboratory."""
    with desk.act(Permission.SYSTEM_OPERATE, Verb.COMMAND_RUN) as act:
        act.details = {"command": "serve"}
    open_laboratory(settings, desk)


def open_laboratory(settings: Settings, desk: Desk) -> None:
    """Record that loopback boards may be read here; nothing but the environment can allow it."""
    if settings.laboratory_hosts:
        with desk.act(Permission.SYSTEM_OPERATE, Verb.LABORATORY_OPENED) as act:
            act.details = {"hosts": sorted(settings.laboratory_hosts)}
