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
    assert list(SERVICES) == [*OURS, "postgres", "elasticsearch"]
    assert OURS == ["migrate", "app", "scheduler", "worker", "projector"]


def test_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8400:8400"]
    moved = compose({"PATROL_PORT": "9000"})["services"]
    assert moved["app"]["ports"] == ["127.0.0.1:9000:8400"]


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_that_opens_a_container(name: str) -> None:
    service = SERVICES[name]
    opening = {"privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "network_mode"}
    assert not opening & set(service)
    assert service.get("user") == ("postgres" if name == "postgres" else None), "the image's own"
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["init"] is True
    assert not [volume for volume in service["volumes"] if not re.match(r"\w+:/", volume)]


@pytest.mark.parametrize("name", [*OURS, "postgres"])
def test_roots_are_read_only(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    places = [place.split(":")[0] for place in SERVICES[name]["tmpfs"]]
    assert places == ["/tmp", "/var/run/postgresql"][: len(places)]  # noqa: S108


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_what_stays_is_watched_and_restarted(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"
    assert "max-size" in SERVICES[name]["logging"]["options"]


def test_tables_are_made_before_anything_starts() -> None:
    assert SERVICES["migrate"]["restart"] == "no"
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in OURS[1:]:
        needs = SERVICES[name]["depends_on"]
        assert needs == {"migrate": {"condition": "service_completed_successfully"}}, (
            "without the index, reading and triage go on"
        )


def test_each_reaches_what_it_must_and_no_more() -> None:
    """Who reads boards does not reach the index, which asks for no password; who finds what is due reaches no site."""
    assert FILE["networks"] == {
        "outside": None,
        "register": {"internal": True},
        "index": {"internal": True},
    }
    members = {
        network: [name for name, service in SERVICES.items() if network in service["networks"]]
        for network in FILE["networks"]
    }
    assert members == {
        "outside": ["app", "worker"],
        "register": [*OURS, "postgres"],
        "index": ["app", "scheduler", "projector", "elasticsearch"],
    }


def test_the_signing_key_is_where_checkpoints_are_signed_and_nowhere_else() -> None:
    [place] = {SERVICES[name]["environment"]["PATROL_SIGNER"] for name in OURS}
    holders = [name for name in OURS if f"signer:{place}" in SERVICES[name]["volumes"]]
    assert holders == ["migrate", "projector"]
    assert all("data:/data" in SERVICES[name]["volumes"] for name in OURS)


def test_workers_are_as_many_as_one_likes() -> None:
    assert "container_name" not in SERVICES["worker"]
    assert "ports" not in SERVICES["worker"]
    assert SERVICES["worker"]["deploy"]["replicas"] == "2"
    assert compose({"PATROL_WORKERS": "7"})["services"]["worker"]["deploy"]["replicas"] == "7"


def test_secrets_come_by_file_and_none_is_shipped() -> None:
    """Compose starts nothing while the file is not there."""
    [(name, secret)] = FILE["secrets"].items()
    assert secret == {"file": "./secrets/database_password"}
    holders = [service for service, each in SERVICES.items() if name in each.get("secrets", [])]
    assert holders == [*OURS, "postgres"]
    assert SERVICES["app"]["environment"]["PATROL_DATABASE_PASSWORD_FILE"] == f"/run/secrets/{name}"
    assert SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD_FILE"] == f"/run/secrets/{name}"
    assert not (ROOT / "secrets").exists()
    assert "/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()


def test_server_and_account_are_those_that_ours_ask_for() -> None:
    postgres = SERVICES["postgres"]["environment"]
    account, base = postgres["POSTGRES_USER"], postgres["POSTGRES_DB"]
    url = SERVICES["app"]["environment"]["PATROL_DATABASE_URL"]
    assert url == f"postgresql://{account}@postgres:5432/{base}"
    assert "--auth-host=scram-sha-256" in postgres["POSTGRES_INITDB_ARGS"]
    asked = SERVICES["postgres"]["healthcheck"]["test"]
    assert {f"--username={account}", f"--dbname={base}"} <= set(asked)


def test_no_secret_stands_in_the_file() -> None:
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            assert not re.search(r"(PASSWORD|SECRET|TOKEN|_KEY)(?!_FILE)\b", key), f"{name}: {key}"
            assert not re.search(r"//[^/@]*:[^/@]*@", str(value)), (
                f"{name}: {key} holds credentials"
            )
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
    assert re.fullmatch(r"elasticsearch:9\.\d+\.\d+", SERVICES["elasticsearch"]["image"])
    assert re.fullmatch(r"postgres:1[4-8]\.\d+-bookworm", SERVICES["postgres"]["image"])


def test_volumes_and_networks_are_declared() -> None:
    volumes = {volume.split(":")[0] for each in SERVICES.values() for volume in each["volumes"]}
    networks = {name for each in SERVICES.values() for name in each.get("networks", [])}
    assert volumes == set(FILE["volumes"])
    assert networks == set(FILE["networks"])
