"""The machine under this installation: directory, keys, disk. Needs no register, looks, and changes nothing."""

import shutil
import socket
from collections.abc import Callable

from patrol.errors import PatrolError
from patrol.models import Model
from patrol.register.database import database
from patrol.settings import Settings
from spiders.browser import chromium
from spiders.gate.address import LOOKUP_SECONDS
from spiders.gate.proxy import forward_proxy

LEAST_FREE_BYTES = 1024**3
_SECRETS = ("text.key", "tag.key", "web.key")


class Check(Model):
    """One thing that was looked at."""

    name: str
    ok: bool
    sentence: str
    do: str | None = None
    """What to do; on a check that is ok, what would be wise."""


Checker = Callable[[Settings], Check]


def look(settings: Settings) -> list[Check]:
    """Everything that can be seen without opening the register, in the order in which to mend what fails."""
    return [asked(check, settings) for check in _ALL]


def may_open(checks: list[Check]) -> bool:
    """Whether the register can be opened without making anything: Django would make a missing key on the way."""
    return all(check.ok for check in checks if check.name in {"data_directory", "register", "keys"})


def asked(check: Checker, settings: Settings) -> Check:
    """The check, whose own failure is an answer too."""
    try:
        return check(settings)
    except OSError as error:
        return bad(check, f"{error.strerror}: {error.filename}.", "Look at the disk and its log.")
    except PatrolError as error:
        return bad(check, f"{error.what} {error.why}", error.do)


def name_of(check: Checker) -> str:
    return check.__name__.lstrip("_")


def bad(check: Checker, sentence: str, do: str) -> Check:
    return Check(name=name_of(check), ok=False, sentence=sentence, do=do)


def good(check: Checker, sentence: str, do: str | None = None) -> Check:
    return Check(name=name_of(check), ok=True, sentence=sentence, do=do)


def _data_directory(settings: Settings) -> Check:
    home = settings.home
    if not home.is_dir():
        return bad(
            _data_directory,
            f"There is no data directory {home}.",
            "Run `patrol init`, or name another with --home.",
        )
    probe = home / ".doctor"
    try:
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return bad(
            _data_directory,
            f"Nothing can be written into {home}: {error.strerror}.",
            "Give the directory to the account that runs Patrol, and see that its disk is not read-only.",
        )
    if home.stat().st_mode & 0o077:
        return bad(_data_directory, f"Others can look into {home}.", f"Run `chmod 700 {home}`.")
    return good(_data_directory, f"{home} is writable, for its owner alone.")


def _register(settings: Settings) -> Check:
    kept = database(settings)
    if not kept.exists():
        return bad(
            _register,
            f"There is no register in {settings.home}.",
            "Run `patrol init`, or name another data directory with --home.",
        )
    return good(_register, kept.described())


def _keys(settings: Settings) -> Check:
    folder = settings.keys_path
    missing = [name for name in _SECRETS if not (folder / name).is_file()]
    if "text.key" in missing and _register(settings).ok:
        return bad(
            _keys,
            f"{folder / 'text.key'} is missing: no kept words can be opened.",
            "Bring it back from its copy in the safe. Do not let a new one be made.",
        )
    if missing:
        return bad(_keys, f"Missing in {folder}: {', '.join(missing)}.", "Run `patrol init`.")
    open_to_others = [
        path for path in (folder, *sorted(folder.iterdir())) if path.stat().st_mode & 0o077
    ]
    if open_to_others:
        names = " ".join(str(path) for path in open_to_others)
        return bad(_keys, f"Others can read keys: {names}.", f"Run `chmod go= {names}`.")
    return good(_keys, "The keys are there, for their owner alone.")


def _disk(settings: Settings) -> Check:
    there = next(path for path in (settings.home, *settings.home.parents) if path.exists())
    free = shutil.disk_usage(there).free
    sentence = f"{free / 1024**3:.1f} GB are free."
    if free < LEAST_FREE_BYTES:
        return bad(_disk, sentence, "Make room: below 32 MB nothing is read or shown any more.")
    return good(_disk, sentence)


def _chromium(_settings: Settings) -> Check:
    found = chromium.find()
    if found is None:
        return good(
            _chromium,
            "There is no Chromium; sources that need a browser cannot be read.",
            "If you have such sources, install the package `chromium`.",
        )
    return good(_chromium, f"Chromium is {found}.")


def _laboratory(settings: Settings) -> Check:
    if settings.laboratory_hosts:
        return bad(
            _laboratory,
            f"The laboratory is open: {', '.join(sorted(settings.laboratory_hosts))} on loopback can be read.",
            "Outside of demos and tests, take PATROL_LABORATORY away.",
        )
    return good(_laboratory, "The laboratory is closed: only public addresses can be read.")


def _proxy(settings: Settings) -> Check:
    proxy = forward_proxy(settings)
    if proxy is None:
        return good(_proxy, "Sites are asked directly, by no forward proxy.")
    try:
        proxy.authorization()
    except OSError as error:
        return bad(
            _proxy,
            f"The password of the forward proxy cannot be read: {error.strerror}: {error.filename}.",
            "Correct PATROL_PROXY_PASSWORD_FILE.",
        )
    try:
        with socket.create_connection((proxy.host, proxy.port), LOOKUP_SECONDS):
            pass
    except OSError as error:
        return bad(
            _proxy,
            f"Nothing answers at the forward proxy {proxy.named}: {error}.",
            "Correct PATROL_PROXY, or start the proxy: no site is asked without it.",
        )
    half = (
        "it alone looks up names, so that an address is public is its word"
        if proxy.resolves
        else "names are looked up and checked here first; where it then connects is its word"
    )
    return good(_proxy, f"Sites are asked by the forward proxy {proxy.named}: {half}.")


def _trusted_proxies(settings: Settings) -> Check:
    if settings.trusted_proxies:
        named = ", ".join(map(str, settings.trusted_proxies))
        return good(
            _trusted_proxies, f"Where people come from is what {named} say in X-Forwarded-For."
        )
    if settings.https:
        return good(
            _trusted_proxies,
            "People come by a proxy, and all seem to come from its address: in the access log, and where tries to sign in are counted.",
            "Name it in PATROL_TRUSTED_PROXIES if it sets X-Forwarded-For.",
        )
    return good(_trusted_proxies, "People come directly: no X-Forwarded-For is believed.")


_ALL = (
    _data_directory,
    _register,
    _keys,
    _disk,
    _chromium,
    _laboratory,
    _proxy,
    _trusted_proxies,
)
NAMES = tuple(map(name_of, _ALL))
