"""docker-compose.yml: valid, closed to the outside, and true about our own settings."""

import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from patrol.settings import Settings
from tests.compose.plan import COMPOSE, ROOT, compose

FILE = compose()
SERVICES: dict[str, Any] = FILE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def test_valid_by_the_compose_schema() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checker, str(COMPOSE)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_services_that_exist() -> None:
    assert set(SERVICES) == {"init", "app", "projector", "elasticsearch"}
    assert OURS == ["init", "app", "projector"]


def test_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8400:8400"]
    moved = compose({"PATROL_PORT": "9000"})["services"]
    assert moved["app"]["ports"] == ["127.0.0.1:9000:8400"]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_that_opens_a_container(name: str) -> None:
    service = SERVICES[name]
    opening = {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "user"}
    assert not opening & set(service)
    assert service.get("network_mode", "none") == "none"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert not [volume for volume in service["volumes"] if not re.match(r"\w+:/", volume)]


@pytest.mark.parametrize("name", OURS)
def test_our_root_is_read_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert [place.split(":")[0] for place in SERVICES[name]["tmpfs"]] == ["/tmp"]  # noqa: S108


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "init"])
def test_what_stays_is_watched_and_restarted(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert "max-size" in SERVICES[name]["logging"]["options"]


def test_a_new_volume_is_made_before_anything_starts() -> None:
    assert SERVICES["init"]["restart"] == "no"
    for name in ("app", "projector"):
        needs = SERVICES[name]["depends_on"]
        assert needs == {"init": {"condition": "service_completed_successfully"}}, (
            "without the index, reading and triage go on"
        )


def test_only_the_app_reaches_out() -> None:
    assert FILE["networks"]["inside"] == {"internal": True}
    members = {name: service.get("networks", []) for name, service in SERVICES.items()}
    assert [name for name, networks in members.items() if "outside" in networks] == ["app"]
    assert SERVICES["init"]["network_mode"] == "none"


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            assert not re.search(r"PASSWORD|SECRET|TOKEN|_KEY\b", key), f"{name}: {key}"
            assert not re.search(r"//[^/@]*@", str(value)), f"{name}: {key} holds credentials"
            assert not re.search(r"[0-9a-f]{32}|[A-Za-z0-9+/]{40}", str(value)), f"{name}: {key}"


@pytest.mark.parametrize("name", OURS)
def test_our_variables_are_settings(name: str) -> None:
    known = {f"PATROL_{field.upper()}" for field in Settings.model_fields}
    assert set(SERVICES[name]["environment"]) <= known


def test_every_switch_of_the_file_is_in_the_docs() -> None:
    docs = (ROOT / "docs/operations.md").read_text("utf-8")
    switches = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text("utf-8")))
    assert {name for name in switches if f"`{name}`" not in docs} == set()


def test_images_are_pinned() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert {SERVICES[name]["image"] for name in OURS} == {f"patrol:{version}"}
    assert re.fullmatch(r"elasticsearch:8\.19\.\d+", SERVICES["elasticsearch"]["image"])


def test_volumes_and_networks_are_declared() -> None:
    volumes = {volume.split(":")[0] for each in SERVICES.values() for volume in each["volumes"]}
    networks = {name for each in SERVICES.values() for name in each.get("networks", [])}
    assert volumes == set(FILE["volumes"])
    assert networks == set(FILE["networks"])
