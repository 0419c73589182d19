"""`patrol healthcheck`: whether a service of this installation is well, as a container's health check asks."""

import urllib.error
import urllib.request
from enum import StrEnum
from typing import Annotated

import typer

from patrol.cli.common import Home, say, told
from patrol.errors import Exit
from patrol.schedule.awake import awake
from patrol.settings import Settings

app = typer.Typer()
ANSWER_SECONDS = 8.0


class Service(StrEnum):
    WORKBENCH = "workbench"
    PROJECTOR = "projector"
    SCHEDULER = "scheduler"
    WORKER = "worker"


@app.command()
@told
def healthcheck(
    service: Annotated[Service, typer.Argument(help="Which one.")] = Service.WORKBENCH,
    home: Home = None,
) -> None:
    """Ask whether the workbench is ready, some projector feeds the index, or this host's scheduler or worker is awake.

    Exit 0 or 1; changes nothing.
    """
    settings = Settings()
    if service is Service.WORKBENCH:
        well, said = _workbench(settings)
    elif service is Service.PROJECTOR:
        well, said = _projector(settings)
    else:
        well, said = awake(settings.home, service.value)
    say(said)
    if not well:
        raise typer.Exit(Exit.FAILURE)


def _workbench(settings: Settings) -> tuple[bool, str]:
    """`/readyz`, from inside: by loopback, under a name that the workbench answers to."""
    host, _, port = settings.bind.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104  (compared, not bound)
    request = urllib.request.Request(
        f"http://{host}:{port}/readyz", headers={"Host": settings.public_hosts[0]}
    )
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
            return True, answer.read(1000).decode(errors="replace").strip()
    except urllib.error.HTTPError as error:
        with error:
            return False, error.read(1000).decode(errors="replace").strip()
    except OSError as error:
        reason = getattr(error, "reason", error)
        return False, f"The workbench does not answer: {reason}. Start it with `patrol serve`."


def _projector(settings: Settings) -> tuple[bool, str]:
    """The helm: held by a living process that touched it lately."""
    from patrol.search.helm import BEAT_SECONDS, Helm

    helm = Helm(settings.home)
    if not helm.taken:
        return False, "No process feeds the index."
    if (age := helm.beaten_seconds_ago) > BEAT_SECONDS:
        return False, f"The process that feeds the index gave no sign of life for {age:.0f} s."
    return True, "The index is fed."
