"""Charsets of one byte a letter, told by the commonest words of the languages that are written in them.

Any bytes are letters in each of these charsets, so only words tell them apart:
what is wrongly read has none. A few on a page are chance, so they must be a
certain share of all letters outside ASCII.
"""

import re

_SHARE = 0.06
"""Of the letters outside ASCII; a language's commonest words make up more than twice as much."""

_FEWEST = 3
"""Words."""

_RUSSIAN = "не на что как это для по из за от или но вы мы он она они его был все так уже форум тема сообщение сообщений вчера сегодня ответить"
_WORDS = {
    "cp1251": _RUSSIAN,
    "koi8_r": _RUSSIAN,
    "cp1256": "من في على إلى هذا التي عن مع ما كل كان أو به در از که اين را است با برای براي آن يا تا هم مي هاي شده بود دارد ارسال انجمن المنتدى",
    "cp1253": "και το να του της με για στο που είναι από δεν τα τη θα στην στη οι των ένα μου",
    "cp1255": "של את על לא זה עם אני כל גם או אם יש הוא מה אין כי רק לי אבל זאת כמו",
    "cp1250": "že být není může už když také příspěvek včera děkuji tím při nebyl něco který się są też być będzie więc także został może więcej és már még így más azért után več še tudi",
    "cp1254": "için değil şey çok gibi olduğu şu nasıl başka yardımcı arkadaşlar teşekkürler mı dün bugün üye cevapla",
}
_THAI = "ที่ การ ความ ของ และ ไม่ ได้ ให้ เป็น จะ ว่า ครับ ค่ะ นี้ กับ จาก แล้ว"
_PATTERNS = {
    **{codec: re.compile(rf"(?<![^\W\d_])(?:{'|'.join(words.split())})(?![^\W\d_])") for codec, words in _WORDS.items()},
    "cp874": re.compile("|".join(_THAI.split())),
}  # fmt: skip


def spoken(body: bytes) -> str | None:
    """The codec under which the bytes hold the most common words; None if under none they hold enough."""
    foreign = sum(byte > 127 for byte in body)
    found = []
    for codec, pattern in _PATTERNS.items():
        text = body.decode(codec, "ignore").lower()
        words = [word for word in pattern.findall(text) if not word.isascii()]
        if len(words) >= _FEWEST and sum(map(len, words)) >= _SHARE * foreign:
            found.append((sum(map(len, words)), codec))
    return max(found)[1] if found else None
