"""Listed words that are only the meeting of two others: 笑气 in 微笑气球, 子弹 in 孩子弹琴, 车手 in 火车手册.

Chinese is written without blanks, so a listed word is found wherever its
characters meet. Where a dictionary cuts the characters around it into words
that reach across its edges, nobody wrote it. Asked only of rules that hit.
"""

from pipelines.fold_table import HAN, among
from pipelines.segments import AROUND, segments

LONGEST = 3
"""Characters of a word that can come about so; longer ones do not by chance."""


def torn(text: str, start: int, end: int) -> bool:
    """Whether the words around `text[start:end]` of a folded text reach across both of its edges.

    Across one edge says little (援交友 of 交友), and of a word that the dictionary does not know nothing
    can be said: it would always be cut.
    """
    if not 2 <= end - start <= LONGEST or not all(
        among(ord(char), HAN) for char in text[start:end]
    ):
        return False
    if len(list(segments(text, start, end))) > 1:
        return False
    cut = list(segments(text, max(0, start - AROUND), end + AROUND))
    return all(
        any(first < edge < last for first, last in cut) for edge in (start, end)
    ) and not any(first <= start and end <= last for first, last in cut)
