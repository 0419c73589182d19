"""What a bundle cannot contain, said in both languages: evidence that hides its edges is worth less."""

LIMITS: tuple[tuple[str, str], ...] = (
    (
        "圖片、影片、聲音：從不擷取，只計數。",
        "Pictures, clips and sound: never fetched, only counted.",
    ),
    (
        "伺服器送出的原始位元組：未保存。其雜湊值僅供記載，不可再驗算；封緘所及為所保存之文字。",
        "The bytes that the server sent: not kept. Their hash is stated and is not re-checkable; the seal is over the text kept.",
    ),
    (
        "私訊、封閉社團、需登入之內容，以及圖片中的文字。",
        "Private messages, closed groups, anything behind a login, and words inside pictures.",
    ),
    (
        "同一頁面上其他未被標記的貼文（每則被標記貼文最近五則除外）。",
        "Other posts of the same page that were not flagged, but for the five nearest to each flagged one.",
    ),
    (
        "最後一次看見之後的變更；未曾讀取的時段（見「不利事項」）。",
        "Changes after it was last seen, and hours in which nothing was read (see what speaks against it).",
    ),
    (
        "作者的真實身分：帳號僅依網站所示，從不查證。",
        "Who the author is: accounts are as the board showed them and never resolved.",
    ),
    (
        "未載明伺服器憑證指紋或送出之請求標頭者：以明文傳輸，或封緘於本系統保存該項之前。",
        "A certificate's fingerprint or the headers that we sent, where none is stated: the page came in the clear, or was sealed before these were kept.",
    ),
    (
        "經正向代理讀取者：代理實際連線之位址。",
        "Of what came by a forward proxy: to which address that connected.",
    ),
    (
        "可能被害人的文字與聯絡方式：不隨證據包交付。",
        "Words and contacts of possible victims: they leave in no bundle.",
    ),
)
"""In Chinese and in English."""

ALONE = (
    "時間僅由本機證明，無外部見證。",
    "Time attested by this machine alone.",
)
ATTESTED = (
    "存取紀錄之檢查點另有外部見證人簽署。",
    "A witness outside this machine signed the access log's checkpoint.",
)
STAMPED = (
    "存取紀錄之檢查點另有時戳機構（RFC 3161）之時戳：{0}（{1}）。",
    "An authority of time (RFC 3161) stamped the access log's checkpoint: {0} ({1}).",
)


def time_of(*, attested: bool, stamped: str) -> tuple[str, str]:
    """Who says when: a witness, an authority of time, or this machine alone."""
    told = [ATTESTED] if attested else []
    if stamped:
        at, _, by = stamped.partition(" ")
        told.append((STAMPED[0].format(at, by), STAMPED[1].format(at, by)))
    chinese, english = zip(*(told or [ALONE]), strict=True)
    return " ".join(chinese), " ".join(english)


ROUGH = (
    "分數與規則僅決定順序，不是判斷；由人決定。",
    "Scores and rules order the queue and judge nothing: people decide.",
)
LAWFUL = (
    "授權依輸入內容執行；本系統不判斷其合法性。",
    "Mandates are enforced as entered; this system cannot judge whether they are lawful.",
)
