"""A small configuration that has no fault, to be broken one file at a time."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from patrol.models import Role

SOUND: Mapping[str, str] = {
    "sources/moto_forum.yml": """\
title: {en: Motorcycles, zh-Hant: 機車}
channel: platform
engine: phpbb
start: [https://moto.example/viewforum.php?f=2]
""",
    "lexicons/bicycle.yml": """\
title: {en: Bicycles, zh-Hant: 自行車}
words:
  - {word: bike, meaning: bicycle, origin: everyday use}
  - {word: 腳踏車, meaning: bicycle, origin: everyday use}
""",
    "rules/trading/serial_removed.yml": """\
title: {en: Bicycle offered with its serial number removed, zh-Hant: 兜售磨掉車架號碼的自行車}
category: trading
level: medium
why: Removed serial numbers recur when stolen bicycles are resold. A reason to look, never proof.
terms:
  bicycle: {lexicon: bicycle}
  removed: {regex: 'serial( number)?( is)? (filed|ground) off|磨掉.{0,4}號碼'}
when: bicycle and removed
within: 40
examples:
  hit:
    - {text: "Trek BIKE, serial number filed off, cash only.", spans: [BIKE, serial number filed off]}
  miss:
    - {text: "My bike was stolen! Serial number WTU123, please call.", because: A victim asking for help is not a lead.}
""",
    "roles.yml": "\n".join(f"{role}: []" for role in Role) + "\n",
}

RULE = "rules/trading/serial_removed.yml"
SOURCE = "sources/moto_forum.yml"
LEXICON = "lexicons/bicycle.yml"

Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write the sound configuration, with some files changed (None removes). Gives its folder."""
    monkeypatch.chdir(tmp_path)

    def write(changed: Mapping[str, str | bytes | None] | None = None) -> Path:
        for name, text in {**SOUND, **(changed or {})}.items():
            file = tmp_path / "config" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(text, bytes):
                file.write_bytes(text)
            elif text is not None:
                file.write_text(text, encoding="utf-8")
        return tmp_path / "config"

    return write
