"""What the writer does with a contact: offer it, mention it, or neither is clear.

Only an offered contact links leads, so doubt is `unknown`. A warning that
quotes a swindler's account mentions it: the words of advice, reports and
victims (小心, 檢舉, 詐騙帳號, 他叫我加) outweigh the invitation they quote.
What an advertisement puts behind a plain label (LINE：abc) is offered too, with
less confidence, unless the writer wonders whose it is.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import cache
from typing import Any

import re2

from patrol.models import HandleKind, HandleRole
from pipelines.contact import Contact
from pipelines.match import Signs, Texts
from pipelines.regexes import folded_regex

NEAR = 60
"""Characters on either side in which an invitation belongs to a contact."""

FAR = 400
"""Characters on either side in which a warning does: it is said once, at the beginning or the end."""

_INVITES = (
    r"加入|加我|加賴|加\s?line|\+\s?(?:line|賴)|加好友|加微信|加(?:飛機|紙飛機|電報|tg|telegram|群|入群)|私訊|私聊|私我|私賴|密我|敲我"
    r"|(?:歡迎|請|可|意者|有意|意|可以)\s?(?:line|賴|tg|telegram|ig|來電|加|洽|私|密|聯|詢|諮詢|預約|留言|點|pm)|聯[絡繫系]|來[電信函]|寄信|撥打|電洽|洽詢|洽|詢問|諮詢|預約"
    r"|報名|下單|訂購|應徵|意者|有興趣|詳談|找我|打(?:電話)?給我|快打|(?:晚上|白天|隨時|現在|直接)(?:可)?打|聊聊|進群|入群|傳送|回傳|寄至|寄到|(?:mail|信箱|履歷)\s?(?:請)?[至到寄]"
    r"|代(?:po|發文|貼|徵|售)|幫(?:朋友|同學|家人|客人)(?:代|問|徵|賣|找|發|po)|入(?:tg|谷|group)|搵我|傾(?:偈|計|下)|(?:tg|line|ig|微信|whatsapp)\s?傾|pm\s?我"
    r"|\b(?:contact|add|dm|pm|text|call|message|msg|whatsapp|reach|ping|inbox|email|hit)\s?(?:me|us|my|our)?\b|\bhmu\b|\bhit me up\b"
    r"|\b(?:e-?mail|mail|write)(?: to)? (?:me|us)\b"
    r"|\b(?:order|book|join)\b"
)
_CLICKS = r"掃碼|點(?:擊|選|此|我|連結|進|開|\s)|請點|登入|註冊(?:送|即|就|領|會員|連結|帳號)|(?:免費|立即|馬上|線上|快速|先)註冊|領取|下載|填寫|前往|連結|網址|\b(?:visit|click|sign up|log ?in|link)\b"
"""Invitations to an address, and to nothing else."""
_PAYS = (
    r"付款|匯(?:款|到|至|入|給)|轉(?:帳|到|至|入|給)|打(?:款|到|至|入|給)|存(?:入|到)|入金|儲值|收款|訂金|定金|錢包|只收|接受|付(?:清|到|至)"
    r"|\b(?:send|pay(?:ment|able)?|transfer|deposit|wire|wallet|top ?up|accept(?:s|ed|ing)?)\b"
)
"""Invitations to a wallet or a bank account: one is offered by being told to pay into it."""
_PAID_INTO = frozenset({HandleKind.WALLET, HandleKind.BANK})
_WARNS = (
    r"詐騙(?:帳號|帳戶|集團|電話|網站|連結|手法|簡訊|訊息|犯|分子|份子|賴|line|id)|(?:是|係)(?:個)?(?:詐騙|騙子|騙徒|騙人|假的|假帳號)|就是騙|看起來.{0,4}[騙詐]|騙(?:了|走|光|徒)|(?:為|屬)詐騙|騙子"
    r"|疑似詐騙|詐騙嗎|是不是(?:詐騙|騙)|被(?:騙|[^。!?\n]{1,24}騙|詐騙|詐|盜|勒索|威脅|恐嚇)|受騙|上當|受害|檢舉|舉報|通報|報警|報案|踢爆|起底|拆穿|揭穿|自稱|加害人|嫌犯|嫌疑人|犯嫌|歹徒|詐團|求刪|[被遭]外流|外流了|被(?:這|那|此|該)個?(?:人|男|女|帳號)|警方|警察|警政|刑事局|派出所|反詐"
    r"|防詐|\b165\b|小心|當心|注意(?:安全)?(?:此|這|詐|假|不明|防|可疑|來路)|提醒(?:大家|民眾|各位|您|你)?|切勿|請勿|勿(?:加|點|信|輕信|聽|聽信|匯|撥|回|依|隨|任|提供|理會|透露個)"
    r"|(?:不要|別|千萬別|不可|不該|不應|不能|避免|拒絕)(?:再|亂|隨便|隨意|輕易|去|被|跟|和|相信|信|加|點|聯絡|聯繫|回|理|撥|匯|提供|給)"
    r"|不會?主動|不會?(?:以|用|透過)?(?:電話|簡訊)(?:要求|索取|通知)|假(?:冒|帳號|客服|投資|交友|檢警|網站|網拍|賣場|商城|官網|求職|貸款|粉專|line)|唔好(?:加|理|信|俾|畀|打|撳)|千祈唔好|呃(?:錢|咗)|冒(?:用|充|名)|盜用|黑名單|避雷|踩雷|肉搜|出征|留意(?:這|此|該|不明)|[謹慎]防|大家(?:都|快|一起)?去(?:嗆|罵|鬧|洗|刷|堵)|地雷|警告|警示|宣導|呼籲|查證|求證|曝光|公布|揭露|爆料"
    r"|\b(?:scam(?:s|mer|mers|med|ming)?|fraud(?:s|ster|sters|ulent)?|beware|warn(?:ing|s|ed)?|report(?:ed|ing)?|police|avoid|phishing|fake|impersonat\w+|blocked|victim)\b"
    r"|(?:要|馬上|立刻|趕快|記得|請)(?:跟|告訴|找|通知)(?:家長|爸媽|父母|老師|大人|輔導)"
    r"|苦主|騙(?:錢|點數|卡|取|我|光|個資)|專(?:門|在)騙|[買收]到假貨|失聯了|人間蒸發|拿(?:了)?錢(?:就)?跑|沒(?:有)?出貨|已讀不回就消失|冒名|被盜"
    r"|(?:好|很|太)(?:可怕|恐怖)|(?:請教|想問|問過)律師|能告嗎|可以告|告得成|提告|拜託幫忙(?:檢舉|轉)"
    r"|這是真的嗎|合法嗎|聯絡不(?:上|到)|(?:提領|領|出金)不出來|無法出金|出不了金|盜(?:圖|照)|(?:又|一直|老是)(?:來|在)?(?:煩|騷擾)"
    r"|\b(?:do not|don't|dont|never|not to|stay away|watch out)\b"
)
_REPORTS = (
    r"(?:他|她|對方|網友|有人|那個人|這個人|男生|女生|男友|學長|老師|客服|業者|賣家|買家|朋友|同學|陌生人|某人)們?\s?(?:一直|就|又|說|還|都|自稱)*\s?"
    r"(?:叫|要|請|要求|逼|約|騙|傳|給|威脅|恐嚇|引導|誘導|說要)(?:我|你|妳|人|他|她|大家|民眾|加|轉|改)"
    r"|(?:要|叫|逼|約|騙)我(?:去|先)?(?:加|付|匯|轉|拍|傳|買|儲值|提供|出來)|把我(?:拉|加)(?:進|入|到)"
    r"|(?:他|她|對方|有人|網友|男子|女子)(?:們|就|都|一直|會)*用\s?(?:line|賴|ig|insta|tg|telegram|飛機|微信|電話|手機|帳號)"
    r"|(?:恐嚇|威脅|勒索|騷擾|霸凌|跟蹤|糾纏|肉搜)(?:我|她|他|女兒|兒子|同學|家人|學生)"
    r"|(?:女兒|兒子|妹妹|弟弟|我妹|我弟|孩子|小孩|學生|姪女)被"
    r"|(?:把|將)(?:我|她|他).{0,6}(?:電話|手機|照片|賴|line|ig|帳號).{0,24}(?:貼|傳|發|公開|散布|po)"
    r"|結果(?:就)?(?:被(?:收|騙|扣|要|拉|封|坑|嗆|威脅|洗)|要我|叫我|要他|要她|說要|又要|對方)|收到(?:訊息|簡訊|電話|私訊|通知|連結)(?:說|稱|叫)|看到.{0,12}(?:廣告|貼文|訊息).{0,4}叫人"
    r"|(?:他|她|對方|那人|那個人|網友)(?:們)?(?:只|就|有|也)?(?:留(?:了|的|過)|給(?:了|過|我))"
    r"|\b(?:was|were|been|got|being) (?:contacted|messaged|called|texted|threatened|scammed|blackmailed)\b|\bpretend(?:s|ed|ing)?\b|\bposing as\b|\blost\b.{0,24}\bto\b|\b(?:dealt with|keeps (?:calling|texting|messaging))\b|\bmule account\b|\b(?:please|pls|need) help\b"
    r"|\b(?:he|she|they|someone|this guy|a guy|a man|this person|stranger)\s(?:\w+\s){0,3}(?:told|asked|wants?|wanted|made|forced|keeps?|sent|messaged|threaten\w*)\b"
    r"|\b(?:threatening|blackmailing|harassing) me\b"
)
_MENTIONS = f"(?:{_WARNS})|(?:{_REPORTS})"
"""Both, asked at once: most texts hold neither."""
_DENIALS = (
    r"(?:不用|不必|不會|不|別|免|沒有?)(?:怕|擔心|驚|再怕)(?:被)?(?:警察|警方|條子|抓|查|詐騙|騙|檢舉|報警)|檢舉(?:的|者|狗|仔)?(?:去死|滾|全家|死|沒用)|(?:檢舉|騙子|詐騙)(?:的)?(?:走開|滾|勿擾|別來|請繞道)"
    r"|(?:不要|別|不用|不必|不能|不准|不可以)(?:再|去)?(?:跟|和|讓|告訴|被|給)(?:你|妳)?(?:的)?(?:任何人|別人|其他人|家長|家人|家裡|爸媽|爸|媽|父母|老師|大人|學校)"
    r"|被(?:騙|詐騙|詐)過?(?:的|了)?(?:人|朋友|錢)?(?:請|都)?(?:來)?(?:找我|私我|加我|聯絡我|找我們)|幫(?:你|妳|您|忙)(?:追|討|要|拿)(?:回|錢|款)"
    r"|(?:不是|非|絕非|絕不|絕無|無|沒有|拒絕|並非|不會|保證不|不|怕|不怕|不必擔心|擔心)(?:被)?(?:詐騙|騙子|騙人|騙|詐|上當|受騙|假的)|\b(?:not|no|isn't|never)\s(?:a\s)?(?:scam(?:mer)?s?|fraud|fake|police)\b"
)
_OWN_VOICE = r"(?:小心|請|要)?(?:別|不要|勿|請勿)(?:再)?(?:加|打|認|找|搜)錯|(?:別|不要|勿)(?:再)?(?:猶豫|錯過|考慮|遲疑|等)|(?:結果|名單)公[布佈]|公[布佈](?:得獎|中獎|結果|名單)|不小心|小心翼翼|名額有限|數量有限|(?:先|請)注意(?:查收|看)|注意事項"

PLAIN = 0.6
"""At most this sure is a contact of which only a label says that it is meant to be used."""

_LABEL = (
    r"(?:line|群組|頻道|group|channel|賴|telegram|tg|電報|紙飛機|飛機|微信|wechat|weixin|wx|vx|whatsapp|instagram|insta|ig|哀居|電話|手機|行動|行動電話|市話|專線|門號|號碼|信箱|郵箱|郵件|電郵"
    r"|聯絡方式|\b(?:tel|phone|mobile|cell|call|mail|e-?mail|id))(?:\s?(?:id|帳號|號碼|地址|no|number|address|連結|link))?[^\w。,;!?]{1,4}$"
    r"|(?:電話|手機|門號|信箱|郵箱|電郵|[☎📱📞📲])\s?$"
)
"""What stands before a contact: with a colon or a space, as a label is written."""
_TRADES = r"(?:出|求|拍|零)售|販售|賣|收購|收書|徵(?:人|才|求|女|男|伴)|誠徵|急徵|出租|招租|面交|自取|批發|代購|現貨|讓票|\bfor sale\b|\bselling\b"
"""What an advertisement does: a telephone or a mail address in it is there to be used."""
_LINKED = frozenset({HandleKind.LINE, HandleKind.TELEGRAM, HandleKind.WHATSAPP})
"""Messengers whose links do nothing but add the account they lead to."""
_REACHED = frozenset({HandleKind.PHONE, HandleKind.MAIL})
_DOUBTS = (
    r"看到|發現|遇到|收到|傳來|寄來|打來|接到|疑似|可疑|不明|陌生|騷擾|(?:這|那|此|該)(?:個|支|組|隻)?(?:帳號|人|賴|line|號碼|電話|門號|信箱|網址)"
    r"|(?:有(?:人|誰)|誰)(?:認識|知道|用過|聽過|遇過|加過|看過)|是哪(?:一?班|一?位|個|家|裡|間|一?校)|是(?:不是)?你嗎|是不是你|好像是|是誰|誰的|(?:網友|別人|人家|對方)(?:給|留)|(?:同學|學妹|學弟|學姊|學姐|學長|班上|女兒|兒子)們?的?\s?(?:ig|insta|line|賴|tg|微信|電話|手機)|可信|可靠|真的嗎|正常嗎|怎麼辦|求助|好怕|害怕|(?:他|她|對方|網友)們?的?(?:朋友|同學|女友|男友|哥哥?|姊姊?|姐姐?|妹妹?|弟弟?)?的?\s?(?:ig|instagram|insta|line|賴|tg|telegram|電報|微信|電話|手機|信箱)"
    r"|\b(?:anyone|does anybody|who is|whose|legit|received|suspicious|unknown|harass\w*|scared|afraid|what (?:should|do|can) i|(?:called|texted|messaged|emailed|contacted) me"
    r"|(?:got|had) an? (?:call|text|message|mail|email)|(?:his|her|their) (?:line|telegram|tg|wechat|phone|number|e-?mail|mail|id|account))\b"
)
"""Someone else's contact, or one that is asked about."""


@cache
def _pattern(pattern: str) -> Any:
    """Read by google-re2, in UTF-8: these lists of words are long, and it looks for all of them at once."""
    options = re2.Options()
    options.never_capture = True
    return re2.compile(folded_regex(pattern).encode(), options)


_SAYS = (_MENTIONS, _INVITES, _CLICKS, _PAYS, _DOUBTS, _TRADES)
"""What may be said around a contact."""


@cache
def said_around_contacts() -> Signs:
    """The same for all rules, so compiled once a process."""
    return Signs([folded_regex(pattern) for pattern in _SAYS])


def said_in(texts: Iterable[str]) -> list[AbstractSet[str]]:
    """What may be said somewhere in each of these folded texts: most say little of it."""
    joined = Texts.of(texts)
    seen = said_around_contacts().seen_in(joined)
    nothing: AbstractSet[int] = frozenset()
    return [{_SAYS[one] for one in seen.get(nth, nothing)} for nth in range(len(joined))]


class Surroundings:
    """What is said around one contact of a folded text."""

    def __init__(self, text: str, contact: Contact, said: AbstractSet[str]) -> None:
        """`said` is what `said_in` told of the text."""
        self._text = text
        self._contact = contact
        self._said = said

    def role(self) -> HandleRole:
        """The role of the contact."""
        contact = self._contact
        if _MENTIONS in self._said and self._mentions():
            return HandleRole.MENTIONED
        if contact.invited:
            return HandleRole.OFFERED
        clicks = contact.kind is HandleKind.URL and self._near(_CLICKS)
        pays = contact.kind in _PAID_INTO and self._near(_PAYS)
        return HandleRole.OFFERED if clicks or pays or self._near(_INVITES) else HandleRole.UNKNOWN

    def labelled(self) -> bool:
        """Whether it stands behind a label, is one itself, or is in an advertisement, and nothing near it wonders whose it is."""
        contact = self._contact
        before = self._text[max(0, contact.start - NEAR) : contact.start]
        label = (
            contact.begins < contact.start
            or (contact.kind in _LINKED and "/" in self._text[contact.start : contact.end])
            or _pattern(_LABEL).search(before.encode())
            or (contact.kind in _REACHED and self._near(_TRADES))
        )
        return bool(label) and not self._near(_DOUBTS)

    def _near(self, pattern: str) -> bool:
        if pattern not in self._said:
            return False
        contact = self._contact
        near = self._text[max(0, contact.begins - NEAR) : contact.end + NEAR]
        return bool(_pattern(pattern).search(near.encode()))

    def _mentions(self) -> bool:
        """Whether it is reported, or a warning is near that the writer does not deny (`不是詐騙`)."""
        text, contact = self._text, self._contact
        before = text[max(0, contact.begins - FAR) : contact.start]
        around = f"{before} {text[contact.end : contact.end + FAR]}".encode()
        return _warned(around) or bool(_pattern(_REPORTS).search(around))


def _warned(around: bytes) -> bool:
    """Whether a text holds a warning that its writer does not deny."""
    if not _pattern(_WARNS).search(around):
        return False
    undenied = _pattern(_OWN_VOICE).sub(b" ", _pattern(_DENIALS).sub(b" ", around))
    return bool(_pattern(_WARNS).search(undenied))
