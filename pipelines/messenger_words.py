"""The words that introduce an account of LINE, Telegram, WeChat and Instagram, as people write them.

Patterns are written in traditional characters and folded once, as the texts
they read are.
"""

from typing import NamedTuple

from patrol.models import HandleKind

_DIALLED = r"09[0-9]{2}(?:[ \-.]?[0-9]{3}){2}(?![0-9])|"
"""A mobile as an account: 賴 0900 000 123."""
_AT = r"(?:@(?: (?=[0-9]{3}[a-z]{5}(?![a-z0-9_]))|(?<=[\w:]@) (?=[a-z][a-z._]*[0-9_]))?)?"
_AT_NAMED = r"(?:@(?: (?=[a-z][a-z._]*[0-9_]))?)?"
"""Before an official account, also with a blank behind it: `@ 123abcde`, `tg@ demo_1`."""


class Messenger(NamedTuple):
    """How the accounts of one messenger are introduced and spelled."""

    kind: HandleKind
    word: str
    account: str
    sign: str
    """A folded regex: without it the word is not there."""
    needs: tuple[str, ...]
    """Folded; the word begins at most a character before the first of them."""
    weak: tuple[str, ...] = ()
    """Words that are also others: something must speak for the account."""
    shy: tuple[str, ...] = ()
    """Words that mostly mean something else: an invitation or a sign must lead to the account."""
    dialled: str = ""
    """How a telephone number is spelled that is an account."""
    ends: str = ".-_"
    """What no account ends with: it belongs to the sentence."""


BARE = ("加", "联络", "联络方式", "联系方式", "联络id")
"""Folded. Invitations of which LINE is meant where no messenger is named, and an account with a `_` follows."""
OWNERLESS = (*BARE, "id", "官方帐号", "官方帐户", "官方好友", "官方号", "加好友", "加我好友")
"""Folded. What is LINE's where no other messenger is named before it."""

_NEEDS_0 = (
    "line", "llne", *(f"l{sign}i" for sign in " .·_/*|-"), "赖", "ㄌ",
    "濑", "癞", "莱", "籁", "赉", "睐", "徕", *(f"来{sign}" for sign in ":=→👉"), "官方",
    "加好", "加我好", "라인", "ライン", "🟢", "💚", "加l", "我l", "私l", "密l", "+l",
    "绿", "赖恩", "拉恩", "拉因", "l:", "l :", "id", "加", "联络", "联系", "绿色", "来恩", "来英", "拉英",
)  # fmt: skip
_NEEDS_1 = (
    "tele", "tg", "t g", "t.g", "t-g", "电报", "飞机", "飞鸡", "灰机", "灰鸡", "飞ㄐ",
    "灰ㄐ", "ㄈㄟ", "✈", "🛩", "🛫", "テレグラム",
)  # fmt: skip
_NEEDS_2 = (
    "信", "❤", "♥", "💚", "芯", "心", "新", "欣", "wei", "葳", "卫星", "薇", "v我",
    "绿泡泡", "微", "加威", "v:", "v :", "嶶", "溦", "wechat", "we chat", "weixin", "wx", "vx", "加v", "我v", "私v", "+v",
)  # fmt: skip

MESSENGERS = (
    Messenger(
        HandleKind.LINE,
        r"(?:l(?:[il]ne|[ .·_/*|\-]i[ .·_/*|\-]?n[ .·_/*|\-]?e)(?:@|(?=[^a-z]|id))|賴|ㄌ ?ㄞ ?[ˋˊˇ]?|[瀨萊癩籟賚睞徠](?<=加[瀨萊癩籟賚睞徠])|[瀨癩籟賚萊睞徠](?=[^\w。,;!?]{0,4}[a-z0-9@])|來(?=[:=→👉])|官方(?:帳號|帳戶|好友|號)(?=[^\w。,;!?@]{0,6}@)|加(?:我)?好友(?=\s?(?:id|帳號|:))|라인|ライン|[🟢💚](?<![微薇威v]💚)(?=\s?(?:id|[:→👉]|[a-z0-9]))|綠(?<=\(綠)(?=\))|[萊賴拉來][恩因英](?=\s?(?:id|:))|綠[色的綠](?=\s?(?:id|:))|小綠|綠色(?:軟體|app|通訊|小盒子|圖示|對話|的(?=\s?(?:id|帳號|:|搜)))|l(?<=[加我私密]l)(?![a-z])|(?<![a-z0-9])l(?=\s?:\s?[a-z])|(?:加|聯[絡繫]方式|聯絡(?:id)?)(?=[\s:]{0,3}[a-z][a-z0-9.]{2,20}_[a-z0-9]{1,12}(?![a-z0-9_@/]))|id(?<=(?<![a-z])id)(?=[^\w。,;!?]{0,3}[a-z0-9@])|lai(?<=加lai)(?![a-z])|l(?<=\+l)(?![a-z]))",
        rf"{_AT}[a-z0-9][a-z0-9._\-]{{2,29}}",
        sign=r"l(?:[il]ne|[ .·_/*|\-]i[ .·_/*|\-]?n[ .·_/*|\-]?e)|赖|ㄌ ?ㄞ|加[l濑莱癞籁赉睐徕]|[我私密]l|[濑癞籁赉莱睐徕][^\w。,;!?]{0,4}[a-z0-9@]|来[:=→👉]|官方.{2,3}[^\w。,;!?@]{0,6}@|加我?好友 ?(?:id|帐号|:)|라인|ライン|[🟢💚] ?(?:[:→👉]|[a-z0-9])|\(绿\)|[莱赖拉来][恩因英] ?(?:id|:)|绿[色的绿] ?(?:id|:)|\+l|小绿|绿色[软a通小图对的]|\bl ?: ?[a-z]|(?:加|联[络系]方式|联络(?:id)?)[ :]{0,3}[a-z][a-z0-9.]+_|[加我]的?id|\bid.{3,40}(?:加我|私我|密我)",
        needs=_NEEDS_0,
        dialled=_DIALLED,
        weak=(
            "line",
            "llne",
            "小绿",
            "绿色软体",
            "绿色app",
            "绿色通讯",
            "라인",
            "ライン",
            *"濑癞籁赉莱睐徕",
        ),
        shy=(
            "来",
            "绿",
            "绿色",
            "绿的",
            "绿绿",
            "绿色的",
            "绿色小盒子",
            "绿色图示",
            "绿色对话",
            "🟢",
            "💚",
            "l",
            *OWNERLESS,
        ),
    ),
    Messenger(
        HandleKind.TELEGRAM,
        r"(?:(?:tele ?gra(?:m|rn)|telegrm|teleg?|t[ .\-]?g)(?![a-z])|電報|紙?(?:[飛灰]|ㄈㄟ)(?:[機雞]|ㄐㄧ)|[✈🛩🛫]|テレグラム)",
        rf"{_AT_NAMED}[a-z][a-z0-9_]{{3,31}}",
        sign=r"tele|tg|\bt[ .\-]g\b|电报|[飞灰][机鸡ㄐ]|ㄈㄟ[机鸡ㄐ]|[✈🛩🛫]|テレグラム",
        needs=_NEEDS_1,
        weak=("tele", "电报", "飞机", "纸飞机", "飞鸡", "纸飞鸡", "灰机", "灰鸡", "✈", "🛩", "🛫"),
    ),
    Messenger(
        HandleKind.WECHAT,
        r"(?:[微薇葳威維徽圍嶶溦偉緯v][信芯]|[薇葳嶶溦v][心新欣]|[微薇葳威v][❤♥💚]信?|[❤♥💚]信|wei ?(?:信|xin(?![a-z]))|綠泡泡|衛星|[薇葳嶶溦](?=[:❤♥])|[薇葳嶶溦](?<=[加+➕][薇葳嶶溦])(?=[^\w。,;!?]{0,4}[a-z0-9])|(?<![a-z0-9])v(?:我|(?=\s?:\s?[a-z]))|(?<![^\s/、,:|+])微(?=\s?:?\s?[a-z0-9])|[微威](?<=加[微威])(?=[^\w。,;!?]{0,4}[a-z0-9])|(?:we ?chat|weixin|wx|vx)(?![a-z])|v(?<=[加我私]v)(?![a-z])|v(?<=\+v)(?![a-z]))",
        r"[a-z0-9][a-z0-9_\-]{4,29}",
        sign=r"[微薇葳威维徽围嶶溦伟纬v][信芯]|[薇葳嶶溦v][心新欣]|[微薇葳威v][❤♥💚]|[❤♥💚]信|wei ?(?:信|xin)|绿泡泡|卫星|[薇葳嶶溦][:❤♥]|[加+➕][薇葳嶶溦]|v我|\bv ?: ?[a-z]|微 ?:? ?[a-z0-9]|加[微威]|we ?chat|weixin|wx|vx|[加我私]v|\+v",
        needs=_NEEDS_2,
        dialled=_DIALLED,
        weak=(
            "微",
            "威",
            "威信",
            "维信",
            "薇信",
            "徽信",
            "围信",
            "葳信",
            "绿泡泡",
            *(f"{one}信" for one in "嶶溦伟纬"),
            *(f"{one}芯" for one in "微薇葳威维徽围嶶溦伟纬v"),
            *(f"{one}{two}" for one in "薇葳嶶溦v" for two in "心新欣"),
        ),
        shy=("卫星", "we chat", "v"),
    ),
    Messenger(
        HandleKind.INSTAGRAM,
        r"(?:(?:insta(?: ?gram)?|ins|i[ .*]?g)(?![a-z])|[哀愛艾唉][居雞])",
        rf"{_AT_NAMED}[a-z0-9_][a-z0-9_.]{{2,29}}",
        sign=r"insta|\bins\b|\bi[ .*]?g\b|[哀爱艾唉][居鸡]",
        needs=("ins", "ig", "i g", "i.g", "i*g", "居", "鸡"),
        weak=(
            "instagram",
            "insta",
            "ig",
            "i g",
            "i.g",
            "i*g",
            "ins",
            *(f"{one}{two}" for one in "哀爱艾唉" for two in "居鸡"),
        ),
        ends=".",
    ),
)
