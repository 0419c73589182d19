"""docs/words.md says what the pages say."""

import re
from pathlib import Path

import patrol.models.words

ROW = re.compile(r"^\| `(\S+)` \| (.+?) \| (.+) \|$", re.MULTILINE)


def test_docs_and_pages_use_the_same_chinese(register: Path) -> None:
    from django.utils import translation

    from patrol.web.words import LABELS, VERDICTS

    text = (Path(__file__).parent.parent / "docs" / "words.md").read_text("utf-8")
    parts = re.split(r"^## (\w+)$", text, flags=re.MULTILINE)
    other = []
    compared = 0
    with translation.override("zh-hant"):
        for name, section in zip(parts[1::2], parts[2::2], strict=True):
            for value, chinese, _ in ROW.findall(section):
                word = getattr(patrol.models.words, name)(value)
                shown = VERDICTS[word] if name == "Verdict" else LABELS.get(word)
                compared += shown is not None
                if shown is not None and str(shown) != chinese:
                    other.append(f"{name} {value}: {chinese}, on the pages {shown}")
    assert not other, "\n".join(other)
    assert compared > 90
