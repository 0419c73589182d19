"""Environment variables `PATROL_*`, with defaults that run on a laptop."""

from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from patrol.errors import BadInput

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds `patrol/` and `config/`."""


PROXY = r"^(http://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}/?)?$"
"""No name and no password in it: addresses are shown and logged."""


class BadSetting(BadInput):
    """Values are not repeated: one may be a secret."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(
            "; ".join(faults),
            why="Every command reads the settings first, and guesses none.",
            do="Correct or unset what is named. docs/settings.md says what each may be.",
        )


class Settings(BaseSettings):
    """Everything that differs between two machines. Read anew by every process."""

    model_config = SettingsConfigDict(
        env_prefix="PATROL_",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
        use_attribute_docstrings=True,
    )

    def __init__(self, **given: Any) -> None:
        """Read the environment. Raises `BadSetting` with all that cannot be read."""
        try:
            super().__init__(**given)
        except ValidationError as error:
            faults = [f"{_variable(fault['loc'][0])}: {fault['msg']}" for fault in error.errors()]
            raise BadSetting(faults) from None
        except SettingsError as error:  # it names the field, and not what it held
            named = (
                _variable(name) for name in type(self).model_fields if f'"{name}"' in str(error)
            )
            variable = next(named, "A setting")
            raise BadSetting([f'{variable}: It is no list in JSON, as \'["a", "b"]\'']) from None

    home: Path = Field(default_factory=lambda: Path.home() / ".patrol")
    """Data directory: register, keys, index, checkpoints, logs."""
    config: Path = ROOT / "config"
    """Sources, rules, lexicons and roles that `patrol init` and `patrol check` read."""
    cache: Path | None = None
    """Where compiled rules are kept between processes; empty is `cache` in the data directory."""
    database_url: str = ""
    """PostgreSQL address of the register; empty is SQLite in the data directory."""
    database_password_file: Path | None = None
    """File that holds the password of the register's account in PostgreSQL."""
    queue: Literal["", "procrastinate"] = ""
    """`procrastinate`: runs are jobs in PostgreSQL, for `patrol worker` on any machine; empty is child processes of `patrol serve`."""
    search_url: str = ""
    """Elasticsearch address, or several with commas between; empty is the embedded index in the data directory."""
    search_name: str = Field(default="patrol", pattern=r"^[a-z][a-z0-9_]{0,62}$")
    """How the names of our indices in Elasticsearch begin; one for each data directory."""
    search_key: SecretStr = SecretStr("")
    """Elasticsearch API key, encoded."""
    search_key_file: Path | None = None
    """File that holds the Elasticsearch API key, instead of the variable."""
    search_ca: Path | None = None
    """File of the authority that signed Elasticsearch's certificate; empty is the machine's own."""
    search_fingerprint: str = ""
    """SHA-256 of Elasticsearch's certificate, in hex, when no authority signed it."""
    search_shards: int = Field(default=1, ge=1, le=64)
    """Parts that a month's index in Elasticsearch is cut into, from the next index on."""
    search_replicas: str = Field(default="0-1", pattern=r"^(\d|[01]-([1-9]|all))$")
    """Copies of each part beside the first, from the next index on: a number, or as many as there are nodes for, `0-1` or `0-all`."""
    search_compression: bool = False
    """Requests to Elasticsearch and its answers are compressed: for a slow way to it; costs processor time."""
    bind: str = "127.0.0.1:8400"
    """Address of the workbench."""
    web_workers: int = Field(default=0, ge=0, le=32)
    """Processes that serve pages; 0 is one for each processor core, four at most."""
    public_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    """Host names under which people reach the workbench."""
    https: bool = False
    """People reach it over HTTPS, through a proxy that sets X-Forwarded-Proto: cookies are `__Host-` then."""
    trusted_proxies: tuple[IPvAnyNetwork, ...] = ()
    """Addresses or networks of the proxies before the workbench, whose X-Forwarded-For says where people come from; empty believes none."""
    contact: str = "patrol@example.invalid"
    """How a site's owner reaches the unit; sent in the user agent."""
    unflagged_days: int = Field(default=7, ge=0, le=30)
    """How long the text of unflagged posts is kept for backtests, encrypted."""
    dismissed_days: int = Field(default=30, ge=1, le=3650)
    """How long a dismissed lead is kept after it last moved."""
    open_days: int = Field(default=365, ge=30, le=3650)
    """How long any other lead that is in no case is kept after it last moved."""
    case_days: int = Field(default=1825, ge=30, le=10950)
    """How long a case, and the leads in it, are kept after it was closed."""
    backup_days: int = Field(default=30, ge=1, le=3650)
    """How long a backup of the register is kept unless `--keep-days` says otherwise."""
    searches_days: int = Field(default=180, ge=31, le=1826)
    """How long the words of searches are kept beside the access log, encrypted, for who searched and for auditors; a month's go together."""
    privacy_days: int = Field(default=365, ge=30, le=1826)
    """How long the words of a privacy request, and whoever asked, are kept after its answer, encrypted."""
    brake_percent: int = Field(default=10, ge=0, le=100)
    """A live rule that hits more than so many per cent of a day's new posts is set to review; 0 turns that off."""
    log_years: int = Field(default=5, ge=1, le=30)
    """How many years records of the access log are kept at least before they may be pruned."""
    shift_begins: time = time(8)
    """When the unit's shift begins, in Asia/Taipei: leads that were put off until tomorrow come back then."""
    shift_hours: int = Field(default=8, ge=1, le=24)
    """How long a shift is."""
    second_review_percent: int = Field(default=5, ge=0, le=100)
    """How many of 100 decided leads another officer judges again without the first verdict."""
    care_heavy: tuple[str, ...] = (
        "emotional_blackmail",
        "intimidation",
        "solicitation",
        "trading",
    )
    """Categories whose leads are told beforehand, before somebody comes upon one unasked."""
    care_break_minutes: int = Field(default=50, ge=10, le=240)
    """After how many minutes of reading a break is proposed."""
    care_day_minutes: int = Field(default=300, ge=30, le=720)
    """After how many minutes of reading in a shift no more is proposed."""
    care_in_a_row: int = Field(default=5, ge=1, le=50)
    """How many heavy leads are opened one after the other before something lighter is proposed."""
    care_last_minutes: int = Field(default=30, ge=0, le=240)
    """In how many minutes before the shift's end no heavy lead is proposed."""
    care_contacts: tuple[str, ...] = ()
    """Whom officers may turn to, one a line; empty is Taiwan's public lines."""
    signer: Path | None = None
    """Folder of the key that signs the access log, which the projector's account alone can read; empty is `keys/` in the data directory."""
    pickup: Path | None = None
    """File or folder of another account or machine that gets every checkpoint of the access log."""
    witness: str = ""
    """Address of a witness (C2SP tlog-witness) that is asked to sign every checkpoint of the access log."""
    witness_key: str = ""
    """The witness's public key, as its operator gave it: `name+id+key`."""
    stamp: str = ""
    """Address of an authority of time (RFC 3161) that stamps checkpoints of the access log; empty asks none."""
    stamp_authority: Path | None = None
    """PEM file of the certificates that its stamps must lead to."""
    stamp_minutes: int = Field(default=60, ge=1, le=1440)
    """After how many minutes the next checkpoint is stamped."""
    oidc_issuer: str = ""
    """Issuer of the organisation's OpenID Connect provider, `https://...`; empty offers no sign-in by it."""
    oidc_client: str = ""
    """What that provider calls this workbench: its client id."""
    oidc_secret_file: Path | None = None
    """File that holds the client secret that the provider gave us."""
    oidc_ca: Path | None = None
    """File of the authority that signed the provider's certificate; empty is the machine's own."""
    mail_server: str = ""
    """`host:port` of the mail server that takes our messages; empty sends no mail."""
    mail_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to it is kept secret; `none` only on the machine itself or a network of one's own."""
    mail_from: str = "patrol@example.invalid"
    """Sender of our mails."""
    mail_account: str = ""
    """Account at the mail server; empty signs in to none."""
    mail_password_file: Path | None = None
    """File that holds that account's password."""
    mail_domains: tuple[str, ...] = ()
    """Domains that people's mail addresses may have; empty is any."""
    webhook: str = ""
    """Address that is called with every notice, `https://...`; empty calls none."""
    webhook_key_file: Path | None = None
    """File that holds the key by which calls are signed; empty is `webhook.key` in the data directory."""
    webhook_networks: tuple[str, ...] = ()
    """Networks that are not public and where the webhook may be all the same, as `10.1.0.0/16`; plain `http` only there."""
    proxy: str = Field(default="", pattern=PROXY)
    """Forward proxy by which all sites are asked, `http://host:port`; empty asks them directly."""
    proxy_resolves: bool = False
    """Sites' names are looked up by the forward proxy alone, because no DNS here knows them: that an address is public is then its word."""
    proxy_account: str = ""
    """Account at the forward proxy; empty names none to it."""
    proxy_password_file: Path | None = None
    """File that holds that account's password."""
    failures_told: int = Field(default=3, ge=1, le=100)
    """After how many failed runs in a row a source's owner and the officer on call are told."""
    alarm_minutes: int = Field(default=10, ge=1, le=120)
    """How long a possible victim's lead waits to be acknowledged before the call goes further."""
    alarm_rules: tuple[str, ...] = (
        "explosives_offer",
        "gang_muster",
        "muster_at_place",
        "pay_or_violence",
        "self_harm_pressure",
    )
    """Rules whose leads are as urgent as a possible victim's: a life may be in danger."""
    laboratory: str = ""
    """Loopback boards of a demo or a test, as `host:port,host:port`. Shown on every page and logged.

    The only way by which an address that is not public is ever read; no
    source and no form can set it.
    """
    log_level: str = "WARNING"

    @field_validator("home", "config")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().resolve()

    @cached_property
    def laboratory_hosts(self) -> frozenset[str]:
        """`host:port` pairs that resolve to loopback in this laboratory."""
        return frozenset(filter(None, self.laboratory.lower().split(",")))

    @property
    def origin(self) -> str:
        """Where people reach the workbench. Behind a proxy, and in a container, that is no address of this machine."""
        host, _, port = self.bind.rpartition(":")
        if self.https:
            return f"https://{self.public_hosts[0]}"
        everywhere = host in {"0.0.0.0", "[::]", ""}  # noqa: S104  (compared, not bound)
        return f"http://{self.public_hosts[0] if everywhere else host}:{port}"

    @property
    def database_path(self) -> Path:
        return self.home / "register.sqlite3"

    @property
    def keys_path(self) -> Path:
        return self.home / "keys"

    @property
    def index_path(self) -> Path:
        return self.home / "index"


def _variable(field: int | str) -> str:
    return f"PATROL_{str(field).upper()}"
