"""What is never asked of a board's software is nothing that reading it needs."""

import pytest

from spiders.engines import engine_names, load
from spiders.gate.query import Parameters
from spiders.gate.refusal import Refusal
from spiders.gate.scope import place
from spiders.page import Page
from spiders.reading import read
from spiders.unasked import Unasked, engines, unasked
from tests.spiders.engines.test_saved_pages import ADDRESSES, SAVED, name_of


def _refused(engine: str, address: str) -> bool:
    patterns = tuple(one for part in unasked(engine).values() for one in part)
    try:
        Parameters((), patterns).check(place(address).query)
    except Refusal:
        return True
    return False


def test_only_engines_that_there_are_have_a_list() -> None:
    assert engines() <= set(engine_names())


@pytest.mark.parametrize("engine", sorted(engines() - {"woocommerce"}))
def test_what_a_saved_page_leads_to_is_covered(engine: str) -> None:
    """Threads, pages before and after, and the better form; the store's own form is sorted, and so is left out when proposed."""
    for saved in (file for file in SAVED if file.parent.name == engine):
        url = ADDRESSES[name_of(saved)]
        reading = read(Page(url, saved.read_bytes()), load(engine))
        leads = [*(link.url for link in reading.threads), reading.next_page, reading.last_page]
        leads += [reading.previous_page, load(engine).better(url)]
        assert [lead for lead in leads if lead and _refused(engine, lead)] == []


@pytest.mark.parametrize(
    ("engine", "query", "what"),
    [
        ("phpbb", "f=2&sid=0123", Unasked.VISIT),
        ("phpbb", "t=7&view=print", Unasked.DRESS),
        ("phpbb", "mode=reply&t=7", Unasked.FORM),
        ("discuz", "mod=forumdisplay&fid=7&orderby=views", Unasked.ORDER),
        ("discuz", "mod=post&action=reply&tid=7", Unasked.FORM),
        ("discuz", "mod=viewthread&tid=7&action=printable", Unasked.DRESS),
        ("smf", "action=printpage;topic=7.0", Unasked.DRESS),
        ("smf", "board=2.0;sort=views;desc", Unasked.ORDER),
        ("vbulletin", "do=newreply&p=1", Unasked.FORM),
        ("wordpress", "replytocom=12", Unasked.FORM),
        ("woocommerce", "add-to-cart=3", Unasked.FORM),
        (None, "PHPSESSID=0123", Unasked.VISIT),
    ],
)
def test_each_kind_is_refused(engine: str | None, query: str, what: Unasked) -> None:
    with pytest.raises(Refusal):
        Parameters((), unasked(engine)[what]).check(query)


def test_what_reading_needs_is_left_out() -> None:
    needed = "https://shop.example/wp-json/wc/store/v1/products?orderby=date&per_page=100"
    assert load("woocommerce").better("https://shop.example/shop/") == needed
    assert Unasked.ORDER in unasked("woocommerce")
    assert Unasked.ORDER not in unasked("woocommerce", [needed])
