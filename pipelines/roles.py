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
from pipelines.nearby import nearby
from pipelines.regexes import folded_regex

NEAR = 60
"""Characters on either side in which an invitation belongs to a contact."""

FAR = 400
"""Characters on either side in which a warning does: it is said once, at the beginning or the end."""

_INVITES = (
    r"加入|加我|加賴|加\s?line|\+\s?(?:line|賴)|加好友|加微信|加(?:飛機|紙飛機|電報|tg|telegram|群|入群)|私訊|私聊|私我|私賴|密我|敲我"
    r"|(?:歡迎|請|可|意者|有意|意|可以|直接|速|限)\s?(?:line|賴|tg|telegram|ig|來電|加|洽|私|密|聯|詢|諮詢|預約|留言|點|pm)|聯[絡繫系]|來[電信函]|寄信|撥打|電洽|洽詢|洽|詢問|諮詢|預約"
    r"|報名|下單|訂購|應徵|意者|有興趣|詳談|找我|打(?:電話)?給我|快打|(?:晚上|白天|隨時|現在|直接)(?:可)?打|聊聊|進群|入群|傳送|回傳|寄至|寄到|(?:mail|信箱|履歷)\s?(?:請)?[至到寄]"
    r"|代(?:po|發文|貼|徵|售)|歡迎|致電|電聯|來訊|傳訊|丟訊|(?:請|可)(?:打|撥)|敲|戳我|踢我|滴滴|(?:賴|line|tg|ig|微|扣|q|滴|密|撩|call)我|回我|告訴我|來聊|細聊|詳聊|細談|面談|洽談|走賴|留賴|預購|訂[位房]|試聽|賞屋|[看帶]屋|看車|約(?:時間|看|面交)|估價|報價|索取|投遞|手刀|開團|團購|直接(?:加|賴|打|撥|傳|找)|叫(?:車|貨|修)|掛號|候補|認養|領養|找(?:店長|老師|小編|專員|客服|人事|班長|團長|版主|屋主|房東|[小阿老]\w|\w{1,2}(?:先生|小姐|經理|[哥姐姊]))"
    r"|幫(?:朋友|同學|家人|客人)(?:代|問|徵|賣|找|發|po)|入(?:tg|谷|group)|搵我|傾(?:偈|計|下)|(?:tg|line|ig|微信|whatsapp)\s?傾|pm\s?我"
    r"|\b(?:contact|add|dm|pm|text|call|message|msg|whatsapp|reach|ping|inbox|email|hit)\s?(?:me|us|my|our)?\b|\bhmu\b|\bhit me up\b"
    r"|\b(?:e-?mail|mail|write)(?: to)? (?:me|us)\b"
    r"|\b(?:orders?|book(?:ings?)?|join|apply|enquir\w*|inquir\w*|interested|available|reserve|register|for (?:details|prices?|more|info\w*)|get in touch|reach out|drop me|give (?:me|us) a (?:call|ring)|call or text|look(?:ing)? for me|find (?:me|us)|ask for)\b"
)
_CLICKS = r"掃碼|點(?:擊|選|此|我|連結|進|開|\s)|請點|登入|註冊(?:送|即|就|領|會員|連結|帳號)|(?:免費|立即|馬上|線上|快速|先)註冊|領取|領券|下載|填寫|填單|前往|連結|網址|表單|購買|選購|訂購|團購|目錄|詳情|詳見|看這|在這|這裡|序號|優惠|活動|官網|賣場|商品頁|複製|瀏覽器|打開|\b(?:visit|click|sign up|log ?in|link)\b"
"""Invitations to an address, and to nothing else."""
_PAYS = (
    r"付款|匯(?:款|到|至|入|給)|轉(?:帳|到|至|入|給)|打(?:款|到|至|入|給)|存(?:入|到)|入金|儲值|收款|訂金|定金|錢包|只收|接受|付(?:清|到|至)|[收充打轉]幣|捐款?|贊助|打賞|[斗抖]內|[收打充]u|贖|帳款|費用請|(?:eth|btc|usdt|trc-?20|erc-?20|錢包|收款|打款|[充提]幣|幣)\s?(?:地址|位址|address)"
    r"|\b(?:send|pay(?:ment|able)?|transfer|deposit|wire|wallet|top ?up|accept(?:s|ed|ing)?|donat\w*|tips?|sponsor)\b"
)
"""Invitations to a wallet or a bank account: one is offered by being told to pay into it."""
_PAID_INTO = frozenset({HandleKind.WALLET, HandleKind.BANK})
_WARNS = (
    r"(?:詐騙|騙人的?|假的?)\s?(?:飛機|賴|line|tg|微信|ig|telegram|電話|帳號)|詐騙(?:帳號|帳戶|集團|電話|網站|連結|手法|簡訊|訊息|犯|分子|份子|賴|line|id)|(?:是|係)(?:個)?(?:詐騙|騙子|騙徒|騙人|假的|假帳號)|就是騙|看起來.{0,4}[騙詐]|騙(?:了|走|光|徒|局|術)|詐(?:欺|財|術)|(?:為|屬)詐騙|騙子"
    r"|疑似詐騙|詐騙嗎|是不是(?:詐騙|騙)|釣(?:小女|女生|未成年|魚(?:騙|帳號|連結))|(?:收|拿)(?:了|完)?錢(?:後|就|卻|之後)?(?:不(?:出|寄|發|給)貨?|消失|跑|失聯)|不認識的(?:人|帳號|號碼|line)|未接來電|空號|威脅|恐嚇|勒索|散[布佈]|(?:是|為|的)人頭帳?戶|人頭帳?戶\s?:|(?:要|會|就要)?告訴(?:我|他|她)?(?:的)?(?:同學|家人|爸媽|父母|老師|老公|老婆|朋友)|被(?:公開|[貼放po]{1,2}(?:到|在|出|上)|散[布播]|亂傳|人肉)|請(?:幫忙)?刪[文除]|(?:新聞|媒體|記者|報紙|電視)(?:上)?(?:說|報|指|稱|有報)|據報|被(?:騙|[^。!?\n]{1,24}騙|詐騙|詐|盜|勒索|威脅|恐嚇)|受騙|上當|受害|檢舉|舉報|通報|報警|報案|移送法辦|失聯|被(?:他|她)?(?:放鳥|棄單|跑單)|(?:棄單|跑單|放鳥)\s?(?:[0-9一二兩三幾數多]次|仔|王|紀錄|前科)|拉黑|拒退|捲款|落跑|欠[錢款]不還|釣魚(?:網|簡|連|信)|木馬|盜刷|盜領|仿冒|山寨|偽裝|已封鎖|封鎖(?:他|她|此|這|了)|惡意|踢爆|起底|拆穿|揭穿|自稱|加害人|嫌犯|嫌疑人|犯嫌|歹徒|詐團|求刪|[被遭]外流|外流了|被(?:這|那|此|該)個?(?:人|男|女|帳號)|警方|警察|警政|刑事局|派出所|反詐"
    r"|防詐|\b165\b|小心|當心|注意(?:安全)?(?:此|這|詐|假|不明|防|可疑|來路)|提醒(?:大家|民眾|各位|您|你)?|切勿|請勿|勿(?:加|點|信|輕信|聽|聽信|匯|撥|回|依|隨|任|提供|理會|透露個)"
    r"|(?:不要|別|千萬別|不可|不該|不應|不能|避免|拒絕)(?:再|亂|隨便|隨意|輕易|去|被|跟|和|相信|信|加|點|聯絡|聯繫|回|理|撥|匯|提供|給)"
    r"|不會?主動|不會?(?:以|用|透過)?(?:電話|簡訊)(?:要求|索取|通知)|假(?:冒|帳號|帳戶|客服|投資|交友|檢警|網站|網拍|賣場|商城|官網|官方|求職|徵才|職缺|貸款|粉專|line|賴|房東|屋主|房客|賣家|買家|老師|業者|警察|檢察官|公司|仲介|平台|連結|簡訊|通知|中獎|募款|網銀|律師|物流|app)|唔好(?:加|理|信|俾|畀|打|撳)|千祈唔好|呃(?:錢|咗)|冒(?:用|充|名)|盜用|黑名單|避雷|踩雷|肉搜|出征|留意(?:這|此|該|不明)|[謹慎]防|大家(?:都|快|一起)?去(?:嗆|罵|鬧|洗|刷|堵)|地雷|警告|警示|宣導|呼籲|查證|求證|曝光|公布|揭露|爆料"
    r"|\b(?:scam(?:s|mer|mers|med|ming)?|fraud(?:s|ster|sters|ulent)?|beware|warn(?:ing|s|ed)?|report(?:ed|ing)?|police|avoid|phishing|fake|impersonat\w+|blocked|victim)\b"
    r"|(?:要|馬上|立刻|趕快|記得|請)(?:跟|告訴|找|通知)(?:家長|爸媽|父母|老師|大人|輔導)"
    r"|(?:並?不是|非)(?:我們?|本人|本行|本店|本公司|本校|官方|真正)的?(?:官方)?(?:帳號|line|賴|號碼|電話|客服|網站|人員|員工|本人)"
    r"|沒有?收到(?:貨|款|東西|商品|錢)|收不到(?:貨|錢)|貨不對版|已讀不回|不讀不回|(?:收|付|匯|轉)(?:完|了)?(?:款|錢|訂金|定金)?(?:之?後)?就?(?:不見|消失|人就|不回|失蹤|封鎖我|把我封)|收錢不|收了?(?:錢|訂金|款)(?:就|卻)?(?:不|沒)"
    r"|(?:他|她|對方|這人|此人|這個人|網友|那人)[^。!?\n]{0,12}(?:恐嚇|威脅|勒索|騷擾|偷拍|散布|散播|要脅|脅迫|糾纏|跟蹤)|(?:恐嚇|勒索|騷擾|威脅)(?:訊息|電話|簡訊|信)"
    r"|中(?:咗)?招|扮(?:成|買家|賣家|客服|警察|女|男)|老千|呃人|高利貸|盜(?:用)?(?:別人|他人|我|人家)|(?:對方|他|她|人|賣家|買家|客服|老師)(?:後來|現在)?(?:就|便)?(?:消失|不見|失聯|不回|封鎖|落跑|跑了)"
    r"|苦主|騙(?:錢|點數|卡|取|我|光|個資)|專(?:門|在)騙|[買收]到假貨|失聯了|人間蒸發|拿(?:了)?錢(?:就)?跑|沒(?:有)?出貨|已讀不回就消失|冒名|被盜"
    r"|不(?:還錢|給錢|付錢|匯款|轉帳|付|給|匯|還|傳|拍|聽話|配合)[^。!?\n]{0,4}就(?:公開|散[布佈]|把|傳給|告訴|po)|外洩|(?:^|[\s:是])詐騙(?:$|[\s,。!)])|(?:好|很|太)(?:可怕|恐怖)|(?:請教|想問|問過)律師|能告嗎|可以告|告得成|提告|拜託幫忙(?:檢舉|轉)"
    r"|這是真的嗎|合法嗎|聯絡不(?:上|到)|(?:提領|領|出金)不出來|無法出金|出不了金|盜(?:圖|照)|(?:又|一直|老是)(?:來|在)?(?:煩|騷擾)"
    r"|\b(?:do not|don't|dont|never|not to|stay (?:away|clear)|steer clear|watch out|be careful|careful (?:with|of)|ripped (?:me|us|him|her|off)|con(?:ned| artist| man)|swindl\w*|ghosted|bogus|hoax|hacked|hijacked|took (?:my|our|his|her) (?:money|deposit|cash))\b"
)
_REPORTS = (
    r"(?:他|她|對方|網友|有人|那個人|這個人|男生|女生|男友|學長|老師|客服|業者|賣家|買家|朋友|同學|陌生人|某人)們?\s?(?:一直|就|又|說|還|都|自稱)*\s?"
    r"(?:叫|要|請|要求|逼|約|騙|傳|給|威脅|恐嚇|引導|誘導|說要)(?:我|你|妳|人|他|她|大家|民眾|加|轉|改)"
    r"|(?:要|叫|逼|約|騙)我(?:去|先)?(?:加|付|匯|轉|拍|傳|買|儲值|提供|出來)|把我(?:拉|加)(?:進|入|到)"
    r"|(?:他|她|對方|有人|網友|男子|女子)(?:們|就|都|一直|會)*用\s?(?:line|賴|ig|insta|tg|telegram|飛機|微信|電話|手機|帳號)"
    r"|被(?:要求|逼|迫|指示|引導|誘導|慫恿)|(?:對方|他|她|有人|陌生人|那人)(?:就|又|還|一直)?(?:傳|寄|丟|貼|發)(?:了|來|過來|給我|一個)"
    r"|[被遭][^。!?\n,]{0,14}(?:加(?:賴|line|好友|微信)|拉進|拉入|私訊(?:騙|騷)|邀請加入)"
    r"|(?:那|有|一|這|某)個?[^。!?\n,]{0,8}(?:人|男|女|叔叔|阿姨|哥哥|姊姊|姐姐|老闆|主管|主播|房東|教練|業務|專員|師|生|者)(?:一直|就|又|說|還|都|自稱|在\S{1,6})*(?:叫|要|逼|騙|約)(?:我|她|他|人家|女兒|兒子|妹妹|弟弟|小孩|孩子)"
    r"|(?:廣告|簡訊|上面|信件|訊息|電話(?:裡|中))[^。!?\n]{0,6}(?:叫|要|要求|寫著|說)(?:我|你|您|大家|人|去|加|點|匯)|(?:接到|收到)[^。!?\n]{0,24}(?:電話|簡訊|來電|訊息)[^。!?\n]{0,4}(?:說|稱|要|叫)"
    r"|(?:恐嚇|威脅|勒索|騷擾|霸凌|跟蹤|糾纏|肉搜)(?:我|她|他|女兒|兒子|同學|家人|學生)"
    r"|(?:女兒|兒子|妹妹|弟弟|我妹|我弟|孩子|小孩|學生|姪女)被"
    r"|(?:把|將)(?:我|她|他).{0,6}(?:電話|手機|照片|賴|line|ig|帳號).{0,24}(?:貼|傳|發|公開|散布|po)"
    r"|結果(?:就)?(?:被(?:收|騙|扣|要|拉|封|坑|嗆|威脅|洗)|要我|叫我|要他|要她|說要|又要|對方)|收到(?:訊息|簡訊|電話|私訊|通知|連結)(?:說|稱|叫)|看到.{0,12}(?:廣告|貼文|訊息).{0,4}叫人"
    r"|(?:他|她|對方|那人|那個人|網友)(?:們)?(?:只|就|有|也)?(?:留(?:了|的|過)|給(?:了|過|我))"
    r"|\b(?:was|were|been|got|being) (?:contacted|messaged|called|texted|threatened|scammed|blackmailed)\b|\bpretend(?:s|ed|ing)?\b|\bposing as\b|\blost\b.{0,24}\bto\b|\b(?:dealt with|keeps (?:calling|texting|messaging))\b|\bmule account\b|\b(?:please|pls|need) help\b"
    r"|被(?:轉|匯|騙)(?:到|至|入|走|進)|被害人|依(?:照)?指示|(?:被|有人)叫(?:去|我|她|他)|有個?(?:奇怪的|陌生的)?(?:帳號|line|賴|ig|微信|電話)[^。!?\n]{0,20}(?:一直|狂|密|傳|加|找)(?:密|傳|加|找)?(?:我|她|他|訊息)|(?:網戀|網路|交友軟體|探探|臉書)(?:上)?(?:對象|認識)的?|我(?:已經?|就|有|先)?(?:匯|轉|打)(?:了|到|過去)|要我(?:投資|下載|操作|繳|補|簽|脫|裸|開視訊|視訊)|他用(?:這|那|一)個?(?:小帳|帳號|號)|(?:學生|小孩|孩子|女兒|兒子|妹妹|弟弟)說(?:是|有人|對方|加)"
    r"|\b(?:got|received|getting|had) (?:a |an |some |another )?(?:\w+ )?(?:texts?|calls?|messages?|sms|dms?|e?mails?) from\b|\bsays? (?:to )?(?:add|contact|dm|text)\b|\b(?:he|she|they|someone|this guy|a guy|a man|this person|stranger)\s(?:\w+\s){0,3}(?:told|said|says|asked|wants?|wanted|made|forced|keeps?|sent|messaged|threaten\w*)\b"
    r"|\b(?:threatening|blackmailing|harassing) me\b"
)
_SLIGHTS = (
    r"落網|逮捕|查獲|破獲|羈押|起訴|移送偵辦|判刑|檢方|地檢|偵辦|被告|判決|筆錄|涉[案嫌]|犯案|作案|行騙|函送|究辦|存證|申訴|投訴|推銷|響一聲|掛斷|無聲電話|(?:亂|狂|一直|半夜|每天)打|轟炸|洗版|(?:廣告|機器人|殭屍)帳號|(?:垃圾|色情)(?:訊息|簡訊)"
    r"|欠(?:薪|我錢|人錢|款)|公審|苦主|劈腿|偷看我|地下錢莊|借錢不還|(?:抓|逮)到|在賣(?:毒|偷拍|個資|外流)|(?:不能|無法|不給|不讓)(?:出金|提領|提款)|就沒了|消失了|不讀不回|檢調"
    r"|欠租|跑路|跑掉|擺爛|爛(?:人|房東|房客|買家|賣家|店)|雷(?:人|包|店|買家|賣家)|奧客|惡劣|拖欠|不認帳|坑(?:人|殺|錢)|敲竹槓|黑店|偷(?:拍|東西|錢)|渣[男女]|走數|甩底|掛人"
    r"|不對勁|怪怪|詭異|不可[信靠]|別信|不要信|提防|警覺|中[標鏢]|封鎖(?:這|他|她|此)|記得封鎖|(?:拒|別|不要|勿)接|直接刪|無視|聲稱|謊稱|佯稱|號稱"
    r"|(?:一直|狂|又|硬要|想)(?:約|催|盧|煩|傳給)(?:我|她|他|女|小孩|孩子|學生)|約(?:她|他|我?女兒|我?兒子|小孩|學生|孩子)|接觸(?:學生|孩子|小孩|女兒|未成年)|搭訕|尾隨"
    r"|(?:從未|從不|絕不|絕對不|不曾|從來不|從來沒)(?:會|有)?(?:使用|以|用|透過|要求|撥|打|主動|聯)|前(?:房客|房東|男友|女友|夫|妻|任|同事|員工|老闆)的?\s?(?:line|賴|ig|微信|飛機|電話|手機|帳號)"
    r"|\b(?:not the (?:owner|real|same)|(?:is not|isn't|not) (?:me|us|mine|ours|my|our)|ignore|heads up|scammy|shady|sketchy|dodgy|rude|claim(?:s|ing) to be|block (?:him|her|them|this|it)|robbed|spoof\w*|harass\w*|threat(?:en\w*|s)?|blackmail\w*|\w*extort\w*|catfish\w*|stalk\w*|arrested|authorities|no longer (?:use|mine|in use)|spam(?:mer|ming|s)?|robocalls?)\b"
)
"""Complaints: they are of a contact that they stand near."""
_DENIALS = (
    r"(?:不用|不必|不會|不|別|免|沒有?)(?:怕|擔心|驚|再怕)(?:被)?(?:警察|警方|條子|抓|查|詐騙|騙|檢舉|報警)|檢舉(?:的|者|狗|仔)?(?:去死|滾|全家|死|沒用)|(?:檢舉|騙子|詐騙)(?:的)?(?:走開|滾|勿擾|別來|請繞道)"
    r"|(?:不要|別|不用|不必|不能|不准|不可以)(?:再|去)?(?:跟|和|讓|告訴|被|給)(?:你|妳)?(?:的)?(?:任何人|別人|其他人|家長|家人|家裡|爸媽|爸|媽|父母|老師|大人|學校)"
    r"|被(?:騙|詐騙|詐)過?(?:的|了)?(?:人|朋友|錢)?(?:請|都)?(?:來)?(?:找我|私我|加我|聯絡我|找我們)|幫(?:你|妳|您|忙)(?:追|討|要|拿)(?:回|錢|款)"
    r"|(?:怕|以防|避免|防止?|免得)(?:會|被)?(?:失聯|封鎖|封|消失|放鳥|棄單|騙)|[收徵租買][^。!?\n]{0,4}警示帳?戶|警示(?:帳?戶)?(?:也|皆|均|都|、|,)?(?:可|能|收|ok|辦)|(?:提高|增加|提升|品牌|高|大量)曝光|曝光[率度量]|[不無零沒](?:怕|會|有)?踩?雷"
    r"|(?:派出所|警局|警察局|分局)(?:旁|前|門口|對面|附近|隔壁|斜對面|面交)|(?:不會?|絕不|從不|無|沒有)(?:拖欠|跑路|坑人|坑錢|亂打|狂打|推銷|洗版|偷拍|偷東西)|(?:檢舉|詐騙|騙子|奧客|雷買家|推銷|廣告|同行|仲介|棄單|跑單|放鳥|棄標)(?:者|仔|王|魔人)?(?:們)?(?:請|都|一律)?(?:勿|滾|走開|退散|繞道|閃|封鎖|黑名單|不要來|別來)|(?:拒絕?|謝絕|不接受?|請勿|勿|不要|別|禁止|嚴禁|會)\s?(?:惡意)?(?:棄單|跑單|放鳥|棄標|失聯|騙我)"
    r"|(?:詐騙|騙子)(?:集團)?(?:真的)?(?:太|很|好|那麼|這麼)多|(?:約|到|在)[^。!?\n]{0,4}(?:警局|派出所|警察局|分局)|[無不免]推銷|(?:不會?|絕不|拒)(?:亂|狂|一直)打"
    r"|被(?:騙|詐騙)過?(?:很|好|真的|所以|會)?怕|檢舉達人|情緒勒索|(?:要|會|想)?(?:報警|檢舉)(?:的|就|者)?(?:請)?(?:別|勿|不要|滾)"
    r"|身?高\s?165|165\s?(?:cm|公分|元|塊|號|坪|g\b|ml)|165\s?[/.、,]\s?[0-9]{2}|\b(?:no|not a?|avoid) (?:scam(?:mer)?s?|disappoint\w*|fakes?|missing)\b|\bscammers? (?:go|stay|keep|will|please|get)\b"
    r"|\b(?:don't|do not|dont|never) (?:miss|hesitate|worry|wait|be shy|forget|used|worn|opened|late|disappoint)\b|\bnever (?:been )?(?:used|worn|opened|late|ridden|smoked)\b"
    r"|(?:不是|非|絕非|絕不|絕無|無|沒有|拒絕|並非|不會|保證不|不|怕|不怕|不必擔心|擔心)(?:被)?(?:詐騙|騙子|騙人|騙|詐|上當|受騙|假的)|\b(?:not|no|isn't|never)\s(?:a\s)?(?:scam(?:mer)?s?|fraud|fake|police)\b"
)
_OWN_VOICE = (
    r"(?:小心|請|要)?(?:別|不要|勿|請勿)(?:再)?(?:加|打|認|找|搜)錯|(?:別|不要|勿)(?:再)?(?:猶豫|錯過|考慮|遲疑|等)|(?:結果|名單)公[布佈]|公[布佈](?:得獎|中獎|結果|名單)|不小心|小心翼翼|名額有限|數量有限|(?:先|請)注意(?:查收|看)|注意事項|小心(?:輕放|駕駛|慢走|拆|使用|保存|包裝)|(?:溫馨|貼心|友善|小|預約|門診|取件|繳費|課程|上課|行前|再次|會)提醒"
    r"|(?:點|時|後|前|晚上|半夜|深夜|白天|上班|假日|平日|中午|週日|周日)[^。!?\n,]{0,8}(?:請勿|勿|不要|別)(?:再)?(?:撥打?|打|來電|吵|擾|call|傳|賴|line)"
    r"|(?:勿|不要|不用|別|請勿|不必|不可|不能|不准|拒絕?|謝絕)(?:再|亂|來|只|隨便|隨意|一直|跟我|用)*\s?(?:站內信?|回信|回文|底下留言|留言|私訊|打電話|用電話|電話|議價|殺價|砍價|殺|砍|出價|開價|問|拖|觀望|遲到|爽約|客氣|害羞|擔心|怕|見外|浪費|下標|取消|反悔|檢舉|勿擾|打擾|抽菸|養寵物|養寵|外帶|帶|綁約|相信別人|跟風)"
)

PLAIN = 0.6
"""At most this sure is a contact of which only a label says that it is meant to be used."""

_LABEL = (
    r"(?:line|群組|頻道|group|channel|賴|telegram|tg|電報|紙飛機|飛機|微信|wechat|weixin|wx|vx|whatsapp|instagram|insta|ig|哀居|電話|手機|行動|行動電話|市話|專線|門號|號碼|信箱|郵箱|郵件|電郵"
    r"|聯絡方式|\b(?:tel|phone|mobile|cell|call|mail|e-?mail|id))(?:\s?(?:id|帳號|號碼|地址|no|number|address|連結|link))?[^\w。,;!?]{1,4}$"
    r"|(?:電話?|手機|門號|信箱|郵箱|電郵|[☎☏📱📞📲])\s?$"
)
"""What stands before a contact: with a colon or a space, as a label is written."""
_LABEL_BEHIND = r"^\s?[^\w。!?\n]{0,2}(?:\w{1,2}(?:先生|小姐|女士|老師|經理|店長|太太|[哥姐姊嫂])|分機|轉\s?[0-9]|#\s?[0-9]|ext\b|(?:line|賴|微信|whatsapp|tg)\s?(?:同|可|也|ok|一樣)|(?:please )?(?:text|call|sms|whatsapp|dm)\b|(?:請)?(?:簡訊|來電|call))"
"""What stands behind a telephone number that is there to be called: 林先生, 分機 12."""
_TRADES = r"屋主|自[租售]|急[租售]|門市|分店|總店|本店|店面|工作室|營業|免費|優惠|估價|到府|師傅|(?:出|求|拍|零)售|販售|賣|收購|收書|徵(?:人|才|求|女|男|伴)|誠徵|急徵|出租|招租|面交|自取|批發|代購|現貨|讓票|\bfor sale\b|\bselling\b"
"""What an advertisement does: a telephone or a mail address in it is there to be used."""
_LINKED = frozenset({HandleKind.LINE, HandleKind.TELEGRAM, HandleKind.WHATSAPP})
"""Messengers whose links do nothing but add the account they lead to."""
_PATH = "/|me ?斜線"
_ADDS = frozenset({"lin.ee"})
"""Hosts whose addresses do the same."""
_REACHED = frozenset({HandleKind.PHONE, HandleKind.MAIL})
_DOUBTS = (
    r"看到(?:這|有|一|他|她|某|廣告|貼文|訊息|帳號|電線|牆)|發現|遇到|收到|傳來|寄來|打來|接到|疑似|可疑|不明|陌生|騷擾|(?:這|那|此|該)(?:個|支|組|隻)?(?:帳號|人|賴|line|號碼|電話|門號|信箱|網址)"
    r"|(?:有(?:人|誰)|誰)(?:認識|知道|用過|聽過|遇過|加過|看過)|是哪(?:一?班|一?位|個|家|裡|間|一?校)|是(?:不是)?你嗎|是不是你|好像是|是誰|誰的|(?:網友|別人|人家|對方)(?:給|留)|(?:同學|學妹|學弟|學姊|學姐|學長|班上|女兒|兒子)們?的?\s?(?:ig|insta|line|賴|tg|微信|電話|手機)|可信|可靠|靠譜|安全嗎|評價|風評|本人嗎|真的嗎|正常嗎|怎麼辦|求助|好怕|害怕|(?:他|她|對方|網友)們?的?(?:朋友|同學|女友|男友|哥哥?|姊姊?|姐姐?|妹妹?|弟弟?)?的?\s?(?:ig|instagram|insta|line|賴|tg|telegram|電報|微信|電話|手機|信箱)"
    r"|\b(?:anyone|does anybody|who is|whose|legit|received|suspicious|unknown|harass\w*|scared|afraid|what (?:should|do|can) i|(?:called|texted|messaged|emailed|contacted) me"
    r"|(?:got|had) an? (?:call|text|message|mail|email)|(?:his|her|their) (?:line|telegram|tg|wechat|phone|number|e-?mail|mail|id|account))\b"
)
"""Someone else's contact, or one that is asked about."""
_ASKS = r"(?:有(?:沒有|無)?(?:人|誰|大大|版友|鄉民)|誰|請問|想問|問一下|求問|請教|想知道|\banyone|\banybody|\bdoes|\bis|\bhas|\bwho)[^。!?\n]*$"
_ASKED = r"^[^。!\n]{0,20}?(?:(?<![錯不])過|知道|認識|可信|可靠|靠譜|安全|評價|風評|是誰|誰的|誰在|哪|真的?嗎|本人|正常|有問題|是什麼|怎麼樣|如何|還在|\?|嗎|legit|real|trust)"
"""A question that holds the contact, before and behind it."""
_ASKS_RIGHT_BEFORE = r"(?:(?:私訊?|找|加|賴|密|聯絡|洽)我|要的|有興趣|意者|有意)[^。!?\n]{0,12}$"
_ASKS_FOR_ONE = r"加我|找我|私我|賴我|我的|聯絡我|有意|意者|歡迎|請[加洽私來]|可[加賴]"
_OWN = (
    r"(?:改加|改用|改[為成]|更[改換][為成]?|換[成到]|換了?新?的?|(?:我的?|我們的?)?新的?)\s?(?:賴|line|帳號|號碼|電話|手機|門號|id|ig|tg|telegram|飛機|微信|官方|網址|信箱)[^。!?\n]{0,12}$|(?:改加|請加新)[^。!?\n]{0,10}$"
    r"|(?:請|歡迎|麻煩|可以?|都可以?)(?:直接|盡快|一起)?(?:跟|與|和)(?:我|我們)聯[絡繫系][^。!?\n]{0,16}$"
    r"|(?:真正|正確|正版|唯一|本店|本公司|本行|本班|我們|本人)的?(?:唯一|真正|正確)?的?(?:官方)?(?:line|賴|帳號|電話|網址|官網|客服|ig|粉專)[^。!?\n]{0,8}$|(?:只有|認明)[^。!?\n]{0,12}$"
    r"|(?:看到|拾獲|撿到|線索|目擊|知情|尋獲)[^。!?\n]{0,14}(?:聯[絡繫系]|打|撥|來電|電洽|致電|通知|私訊)[^。!?\n]{0,10}$"
    r"|\b(?:my|our) (?:new|real|only|official|correct) [^.!?\n]{0,20}$|\b(?:instead|use|add) (?:my|our) (?:new|other) [^.!?\n]{0,20}$"
)
"""What says right before a contact that it is the writer's, whatever is told of others."""
_MESSENGER = r"(?:line|賴|ig|insta(?:gram)?|tg|telegram|飛機|電報|微信|wechat|whatsapp|帳號|號碼|電話|門號|手機|網址|網站|連結|信箱|錢包|地址)"
_THIRD = (
    rf"(?:[這那][個支組隻位名款家]|此|該|那)\s?(?:人|賣家|買家|店家|屋主|房東|{_MESSENGER})?的?\s?{_MESSENGER}?\s?(?:id|號)?[^\w。!?\n]{{0,4}}$"
    rf"|(?:之前|以前|原本|原來|先前|舊)的?\s?{_MESSENGER}\s?(?:id)?[^\w。!?\n]{{0,4}}$"
)
"""What points at a contact as at somebody else's, or at one that is no longer used."""
_POINTED = r"^[^\w。!?\n]{0,3}(?:這個人|這人|這位|此人|該員|這個(?:賣家|買家|騙子|帳號|傢伙|男的|女的)|這支(?:電話|號碼)|這組帳)"
_ENDED = r"^[^。!?\n,]{0,8}(?:被?停權|被盜|被駭|被鎖|被封|已?停用|不再使用|不用了|作廢|失效|已換|打不開|登不進|沒在用)|^[^.!?\n]{0,24}\b(?:was|got|been|is) (?:hacked|banned|suspended|closed|stolen|disabled)\b"
"""What says behind a contact that it is no longer used."""
_ASKED_BEFORE = r"(?:有(?:沒有|無)?(?:人|誰)|誰|請問|anyone|does anybody)[^。!\n]{0,16}(?:這|那|此|this|that)[^。!\n]{0,10}(?:嗎|\?)[^\w。!]{0,3}$"
_ASKED_BEHIND = r"^[^。!\n]{0,16}?(?:可信|可靠|靠譜|評價|風評|是誰|誰的|真的?嗎|本人嗎|有問題嗎|安全嗎|正常嗎|的嗎|[有哪]個?(?:沒有)?人[^。!\n]{0,8}(?:過|知道|認識|認得|清楚|見過)|(?:有誰|誰)(?:知道|認識|認得))"
"""A question about a contact before it, or behind it."""
_USED = r"(?:加|打|撥|洽|找|用|回|密|私|傳|掃|點|到|是|搜|往|至)[^\w。!?\n]{0,2}$"
_NOT_OWN = r"不要|別|勿|自稱|假|說|稱|叫|要我|要求|逼"
_SPOILT = r"^[^。!?\n]{0,10}(?:被盜|是假|騙|詐|不是|非本|盜用|勿|停用|失效|小心)"


@cache
def _pattern(pattern: str) -> Any:
    """Read by google-re2, in UTF-8: these lists of words are long, and it looks for all of them at once."""
    options = re2.Options()
    options.never_capture = True
    return re2.compile(folded_regex(pattern).encode(), options)


_HINTS = r"[嗎過誰哪?]|請[問教]|想[問知]|求問|問一下|有人|可[信靠]|靠譜|評價|風評|\b(?:safe|any|who|legit|real|trust)"
_POINTS = "[這那此該]|[之以]前|原[本來]|先前|舊"
"""Without one of these there is no question, and nobody else's contact is pointed at."""

_SAYS = (_WARNS, _REPORTS, _SLIGHTS, _INVITES, _CLICKS, _PAYS, _DOUBTS, _TRADES)
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
        if self._mentions():
            return HandleRole.OFFERED if self._own() else HandleRole.MENTIONED
        if self._asked():
            return HandleRole.UNKNOWN
        if self._pointed_at():
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
            contact.begins != contact.start
            or (contact.kind is HandleKind.URL and contact.value.split("/")[2] in _ADDS)
            or (
                contact.kind in _LINKED
                and nearby(_PATH).search(self._text, contact.start, contact.end)
            )
            or _pattern(_LABEL).search(before.encode())
            or (contact.kind in _REACHED and self._near(_TRADES))
            or (contact.kind in _REACHED and nearby(_LABEL_BEHIND).search(self._window(0, 24)[1]))
        )
        return bool(label) and not self._asked() and not self._near(_DOUBTS)

    def _own(self) -> bool:
        """Whether the words right before it say that it is the writer's: `我的新賴`."""
        before, rest = self._window(NEAR, 16)
        said = nearby(_OWN).search(before)
        if said is None:
            return False
        told = before[max(0, said.start() - 4) :]
        return not nearby(_NOT_OWN).search(told) and not nearby(_SPOILT).search(rest)

    def _asks(self) -> bool:
        """Whether the writer asks right before it to be reached: `私訊我，賴 abc`."""
        before, _ = self._window(24, 0)
        return bool(nearby(_ASKS_RIGHT_BEFORE).search(before))

    def _pointed_at(self) -> bool:
        """Whether the writer points at it, and does not tell others to use it: `這個賴 abc`."""
        before, rest = self._window(24, 40)
        if nearby(_POINTS).search(before) and (said := nearby(_THIRD).search(before)):
            return not nearby(_USED).search(before[: said.start()])
        return bool(nearby(_POINTED).search(rest) or nearby(_ENDED).search(rest))

    def _asked(self) -> bool:
        """Whether it stands in a question about it: `有人加過 LINE abc 嗎`."""
        before, rest = self._window(NEAR, NEAR)
        if not (nearby(_HINTS).search(before) or nearby(_HINTS).search(rest)):
            return False
        asked = (
            nearby(_ASKED_BEFORE).search(before)
            or nearby(_ASKED_BEHIND).search(rest)
            or (nearby(_ASKS).search(before) and nearby(_ASKED).search(rest))
        )
        return bool(asked) and not nearby(_ASKS_FOR_ONE).search(before + rest)

    def _window(self, before: int, behind: int) -> tuple[str, str]:
        """What stands so many characters before it, and behind it."""
        text, contact = self._text, self._contact
        start, end = contact.start, contact.end
        return text[max(0, start - before) : start], text[end : end + behind]

    def _near(self, pattern: str) -> bool:
        if pattern not in self._said:
            return False
        contact = self._contact
        near = self._text[max(0, contact.begins - NEAR) : contact.end + NEAR]
        return bool(_pattern(pattern).search(near.encode()))

    def _mentions(self) -> bool:
        """Whether it is reported, or a warning is near that the writer does not deny (`不是詐騙`)."""
        if self._said.isdisjoint((_WARNS, _REPORTS, _SLIGHTS)):
            return False
        near, around = self._around(NEAR), self._around(FAR)
        return (
            (_WARNS in self._said and _said(_WARNS, around))
            or (_REPORTS in self._said and _reported(around))
            or (_SLIGHTS in self._said and not self._asks() and _said(_SLIGHTS, near))
        )

    def _around(self, far: int) -> bytes:
        """What stands so many characters before it and behind it."""
        text, contact = self._text, self._contact
        before = text[max(0, contact.begins - far) : contact.start]
        return f"{before} {text[contact.end : contact.end + far]}".encode()


def _said(pattern: str, around: bytes) -> bool:
    """Whether a text holds a warning or a complaint that its writer does not deny."""
    if not _pattern(pattern).search(around):
        return False
    undenied = _pattern(_OWN_VOICE).sub(b" ", _pattern(_DENIALS).sub(b" ", around))
    return bool(_pattern(pattern).search(undenied))


_NO_REPORTS = (
    r"(?:朋友|同學|室友|家人|老師|學長|老闆|客人)(?:們)?(?:也|都|想|說)?要(?:轉[讓租售手賣出]|改(?:名|裝|期)|加(?:購|訂|裝))"
    r"|(?:客服|老師|專員|小編|業務|助理|業者)(?:們)?(?:會|就會|再|將)(?:請|傳|給|引導)|(?:朋友|同學|老師|老闆|客人|家人)(?:叫|請|託|拜託)我(?:代|幫|來)"
)
"""Friends and staff who do what staff and friends do."""


def _reported(around: bytes) -> bool:
    """Whether a text tells what somebody did with a contact."""
    reports = _pattern(_REPORTS)
    return bool(reports.search(around)) and bool(
        reports.search(_pattern(_NO_REPORTS).sub(b" ", around))
    )
