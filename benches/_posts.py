"""Invented posts and terms for the benches. The same seed gives the same."""

import unicodedata
from collections.abc import Sequence
from itertools import accumulate
from random import Random

SEED = 20_261_122
SHORTEST, LONGEST = 40, 1_570
"""Characters."""

_WORDS = {
    "zh": "的 了 是 在 我 也 都 就 很 跟 和 到 要 會 說 看 去 來 有 沒有 "
    "今天 昨天 最近 請問 大家 有人 知道 這個 那個 地方 時候 覺得 可以 不過 因為 所以 如果 還是 真的 其實 一起 週末 天氣 很好 公園 附近 "
    "店家 老闆 便宜 推薦 晚餐 早餐 咖啡 麵店 車站 捷運 公車 騎車 機車 輪胎 保養 朋友 家裡 小孩 學校 老師 功課 考試 工作 公司 同事 主管 下班 "
    "加班 薪水 電腦 手機 螢幕 鍵盤 網路 訊號 遊戲 電影 音樂 演唱會 門票 排隊 旅行 飯店 民宿 海邊 山上 下雨 颱風 雨傘 衣服 鞋子 尺寸 顏色 質感 "
    "二手 面交 保固 發票 郵局 超商 取貨 退貨 客服 問題 解決 分享 經驗 心得 照片 相機 鏡頭 植物 盆栽 澆水 貓咪 狗狗 醫院 掛號 健康 運動 跑步 游泳",
    "en": "the of and to in that it is was for on are with as at be this have from or had by not but what all were when we there can an "
    "your which their said if do will each about how up out them then she many some so these would other into has more her two like him "
    "see time could no make than first been its who now people my made over did down only way find use may water long little very after "
    "words called just where most know bicycle weather dinner coffee street station music garden repair weekend ticket screen keyboard",
    "ja": "の は が を に で と も 今日 昨日 明日 天気 とても よかった です ました から けれど そして 友達 学校 仕事 電車 駅前 喫茶店 映画 音楽 写真 旅行 温泉 料理 朝食 夕食 "
    "おいしい たのしい すこし だいぶ いつも たまに ください 思います 教えて ありがとう ございます テレビ カメラ パソコン ゲーム チケット",
    "ko": "저는 이것 그것 에서 까지 부터 오늘 어제 내일 날씨 정말 좋아요 있어요 없어요 그리고 하지만 친구 학교 회사 지하철 커피 영화 음악 사진 여행 저녁 아침 맛있어요 조금 많이 항상 "
    "가끔 주세요 감사합니다 컴퓨터 카메라 게임 우리",
}
_SHARES = {"zh": 50, "en": 25, "ja": 10, "ko": 8, "mixed": 7}
_SPACED = frozenset({"en", "ko"})
_HANDLES = (
    "加賴 {name}{number}",
    "LINE：{name}{number}",
    "telegram @{name}_{number}",
    "t.me/{name}{number}",
    "wechat: {name}{number}",
    "0900-000-{number}",
    "https://{name}.example/a{number}",
    "{name}{number}@post.example",
)
_NAMES = ["harbor", "maple", "willow", "cedar", "pebble", "lantern", "meadow"]
_FACES = "😂🎉💕👍😭🔥🙏"
_TERMS = {"zh": 3_000, "en": 2_000}
_LEET = str.maketrans("oieast", "013457")
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_ALIKE = str.maketrans("aceop", "асеор")


def terms() -> list[str]:
    """5,000 invented words of everyday characters and syllables, put together as nobody does by chance."""
    chance = Random(SEED)  # noqa: S311  (a corpus, not a secret)
    hanzi = sorted({char for word in _WORDS["zh"].split() for char in word})
    words = [word for word in _WORDS["en"].split() if len(word) > 3]
    made: dict[str, None] = {}
    while len(made) < _TERMS["zh"]:
        made["".join(chance.choices(hanzi, k=chance.randint(3, 4)))] = None
    while len(made) < sum(_TERMS.values()):
        first, second, third = chance.choices(words, k=3)
        made[first[:3] + second[-3:] + third[:2]] = None
    return list(made)


def posts(count: int) -> list[str]:
    """Posts of 241 characters on average.

    2% hold a term, 8% a contact, 25% an emoji, 14% an ellipsis;
    8% are obfuscated; 10% say nearly what another said.
    """
    chance = Random(SEED + 1)  # noqa: S311
    vocabularies = {
        language: _Vocabulary(words.split(), " " if language in _SPACED else "")
        for language, words in _WORDS.items()
    }
    words = terms()
    made: list[str] = []
    for _ in range(count):
        again = made and chance.random() < 0.1
        made.append(
            _nearly(chance, chance.choice(made)) if again else _post(chance, vocabularies, words)
        )
    return made


class _Vocabulary:
    """Words of a language, the first ones commoner: the nth has the weight 1 / (n + 4)."""

    def __init__(self, words: Sequence[str], space: str) -> None:
        self.words = words
        self.weights = list(accumulate(1 / (place + 5) for place in range(len(words))))
        self.space = space

    def sentence(self, chance: Random) -> str:
        words = chance.choices(self.words, cum_weights=self.weights, k=chance.randint(4, 12))
        return self.space.join(words) + (". " if self.space else chance.choice("，，。！"))


def _post(chance: Random, vocabularies: dict[str, _Vocabulary], words: Sequence[str]) -> str:
    language = chance.choices(list(_SHARES), list(_SHARES.values()))[0]
    length = min(max(int(chance.lognormvariate(5.21, 0.74)), SHORTEST), LONGEST)
    said: list[str] = []
    while sum(map(len, said)) < length:
        own = chance.choice(list(vocabularies)) if language == "mixed" else language
        said.append(vocabularies[own].sentence(chance))
    said[-1] = said[-1][: length - sum(map(len, said))] or said[-1]
    for share, ending in ((0.14, "…"), (0.25, chance.choice(_FACES))):
        if chance.random() < share:
            place = chance.randrange(len(said))
            said[place] = said[place].rstrip("，。！. ") + ending
    if chance.random() < 0.02:
        said.insert(chance.randrange(len(said) + 1), f" {chance.choice(words)} ")
    if chance.random() < 0.08:
        name, number = chance.choice(_NAMES), chance.randint(100, 999)
        said.append(f" {chance.choice(_HANDLES)}".format(name=name, number=number))
    text = "".join(said)
    return _disguised(chance, text) if chance.random() < 0.08 else text


def _nearly(chance: Random, text: str) -> str:
    """The same with one character in forty replaced by another of it."""
    chars = list(text)
    for _ in range(len(text) // 40):
        chars[chance.randrange(len(chars))] = chance.choice(text)
    return "".join(chars)


def _disguised(chance: Random, text: str) -> str:
    """Full width, zero-width characters, look-alikes, digits for letters, a spaced stretch, or loose accents."""
    way = chance.choices(range(6), (3, 1.5, 1, 1, 1, 0.5))[0]
    start = chance.randrange(len(text))
    stretch = text[start : start + 30]
    hidden = (
        text.translate(_WIDE),
        text[:start] + "\u200b".join(stretch) + text[start + 30 :],
        text.translate(_ALIKE),
        text.translate(_LEET),
        text[:start] + " ".join(stretch) + text[start + 30 :],
        unicodedata.normalize("NFD", text),
    )
    return hidden[way]
