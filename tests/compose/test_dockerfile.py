"""Dockerfile and .dockerignore: small, pinned, nobody's root, and nothing of the checkout that is no code."""

import re

import pytest

from patrol.cli.main import COMMANDS
from tests.compose.plan import (
    ROOT,
    compose,
    copied,
    ignored,
    image_environment,
    instructions,
    stage,
)

LINES = instructions()
LAST = LINES[-1].stage
TARGETS = ("app", "browser")
CLIENT = "postgresql-client-17"
PACKAGED = {"bookworm": "15", "trixie": "17"}
"""PostgreSQL of Debian's releases."""


def last(word: str, name: str = "app") -> str:
    return next(each.rest for each in reversed(stage(name)) if each.word == word)


def test_every_copied_path_is_there_and_let_in() -> None:
    paths = [source for name in ("build", "app") for source, _ in copied(name)]
    assert "patrol" in paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if ignored(path)] == []


def test_every_room_is_copied() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"benches"}
    assert rooms <= {source for source, _ in copied("build")}


def test_base_images_are_pinned() -> None:
    stages = {each.stage for each in LINES}
    outside = {each.rest.split(" AS ")[0] for each in LINES if each.word == "FROM"} - stages
    assert outside == {"python:3.11-slim-trixie"}


def test_nothing_is_fetched_but_by_lock_and_package_manager() -> None:
    assert not [each for each in LINES if each.word == "ADD"]
    runs = " && ".join(each.rest for each in LINES if each.word == "RUN")
    assert not re.search(r"curl|wget|git clone|https?://", runs)
    installs = re.findall(r"pip install [^&]*", runs)
    assert len(installs) == 2
    assert all("--require-hashes" in one or "--no-deps" in one for one in installs)


@pytest.mark.parametrize("target", TARGETS)
def test_nobody_is_root(target: str) -> None:
    user = last("USER", target)
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert user.replace(":", " -g ") in last_runtime_install()


def last_runtime_install() -> str:
    """The line that makes /data."""
    return next(each.rest for each in LINES if "install -d -m 700" in each.rest)


def test_no_image_tooling_and_no_browser_unless_asked() -> None:
    assert LAST == "app"
    app = " ".join(each.rest for each in stage("app") if each.word == "RUN")
    everything = " ".join(each.rest for each in LINES)
    assert re.findall(r"apt-get install -y --no-install-recommends (.*?) &&", app) == [CLIENT]
    assert not re.search(
        r"imagemagick|ffmpeg|libjpeg|pillow|fonts-|tesseract", everything, re.IGNORECASE
    )
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(
        r"^(pillow|opencv|imageio|wand|pytesseract)", locked, re.IGNORECASE | re.MULTILINE
    )


def test_packages_leave_no_lists_behind() -> None:
    installs = [each.rest for each in LINES if "apt-get install" in each.rest]
    assert len(installs) == 2
    assert all("--no-install-recommends" in each for each in installs)
    assert all(each.endswith("rm -rf /var/lib/apt/lists/*") for each in installs)


@pytest.mark.parametrize("target", TARGETS)
def test_the_client_is_of_the_server_s_version_and_of_the_release_that_has_it(target: str) -> None:
    """`pg_dump` copies no server that is newer than itself."""
    server = re.match(r"postgres:(\d+)\.", compose()["services"]["postgres"]["image"])
    assert server
    assert f"postgresql-client-{server[1]}" == CLIENT
    (release,) = re.findall(r"slim-(\w+)", last("FROM", "base"))
    assert PACKAGED[release] == server[1]
    assert any(CLIENT in each.rest for each in stage(target) if each.word == "RUN")


def test_entry_and_health_are_what_compose_runs() -> None:
    entry = next(each.listed() for each in stage("app") if each.word == "ENTRYPOINT")
    command = next(each.listed() for each in stage("app") if each.word == "CMD")
    services = compose()["services"]
    ours = [service for service in services.values() if "build" in service]
    assert entry == ["patrol"]
    assert not [service for service in ours if "entrypoint" in service]
    assert {service["command"][0] for service in ours} <= set(COMMANDS)
    assert command == services["app"]["command"][: len(command)]
    options, _, check = last("HEALTHCHECK").partition(" CMD ")
    healthcheck = services["app"]["healthcheck"]
    assert check == str(healthcheck["test"][1:]).replace("'", '"')
    assert f"--interval={healthcheck['interval']} " in options


def test_volume_port_and_home_agree() -> None:
    environment = image_environment()
    app = compose()["services"]["app"]
    assert last("VOLUME") == '["/data"]'
    assert environment["PATROL_HOME"] == app["environment"]["PATROL_HOME"] == "/data"
    assert app["volumes"] == ["data:/data"]
    assert environment["PATROL_BIND"] == app["environment"]["PATROL_BIND"]
    assert app["ports"][0].endswith(f":{last('EXPOSE')}")


def test_only_targets_that_exist() -> None:
    assert compose()["services"]["app"]["build"]["target"] == LAST
    assert set(TARGETS) <= {each.stage for each in LINES}


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        ".env",
        ".env.patrol",
        "data/register.sqlite3",
        ".patrol/keys/text.key",
        "keys/log.key",
        "build/elastic/8.19.5/server/x.jar",
        "tests/conftest.py",
        "docs/measurements.json",
        "patrol/__pycache__/errors.cpython-311.pyc",
        "patrol/web/.secret",
        "patrol.egg-info/PKG-INFO",
    ],
)
def test_kept_out(path: str) -> None:
    assert ignored(path)


@pytest.mark.parametrize("path", ["patrol/errors.py", "config/rules", "requirements.lock"])
def test_let_in(path: str) -> None:
    assert not ignored(path)
