"""Every page that somebody may open, derived from the table of addresses: a new page is walked without being listed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

ACCOUNTS = ("mei", "lin", "audit", "ning", "root")
"""One of each role, as they are planted."""
OBJECTS = {
    "enter/": "abc",
    "leads/": "1",
    "leads/selections/": "1",
    "leads/1/around/": "1",
    "campaigns/": "1",
    "cases/": "1",
    "reviews/": "2",
    "search/queries/": "1",
    "privacy/": "2",
    "privacy/carrying/": "1",
    "sources/": "harbor",
    "rules/": "kite_swap",
    "rules/trials/": "1",
    "log/": "2",
    "log/leads/": "1",
    "account/factor/passkeys/": "77",
}
"""What stands in an address after these words, in the house that `tests.plugins.house` furnishes."""
NO_PAGES = {
    "alive": "plain text for machines",
    "ready": "plain text for machines",
    "arrived": "JSON for the queue",
    "counts": "JSON for the queue",
    "evidence_proof": "a file",
    "figures": "a file",
    "log_proof": "a file",
    "log_stamp": "a file",
    "api_description": "JSON for programs",
    "mfa_login_webauthn": "JSON for the browser",
    "home": "leads to the first page of a role",
    "reviews": "leads to the next review; the page without any is a state of its own",
    "organisation_return": "takes what the provider sends",
    "organisation_again": "leads to the provider",
    "mfa_authenticate": "stands between the password and the first page; looked at in test_passkeys",
}
"""Addresses that answer with no page of their own, each with what it gives."""
AS = {
    "selection": "mei",
    "account_logout": "mei",
    "account_reauthenticate": "other",
    "account_change_password": "other",
    "account_set_password": "mei",
    "mfa_activate_totp": "mei",
    "mfa_deactivate_totp": "lin",
    "mfa_reauthenticate": "lin",
    "mfa_view_recovery_codes": "lin",
    "mfa_generate_recovery_codes": "lin",
    "mfa_remove_webauthn": "ning",
    "mfa_reauthenticate_webauthn": "ning",
}
"""Who has what the page is about, where a permission does not say it."""
AT = {
    "referral": "leads/3/referral/",
    "rule_diff": "rules/kite_swap/differences/?old=1&new=2",
}
"""Addresses of pages that another object, or a question, belongs to."""


_SEND = """(() => {{
  const form = document.querySelector('#decide');
  form.querySelector('[name=version]').value = '{0}';
  form.requestSubmit(form.querySelector('[value=relevant]'));
}})()"""


@dataclass(frozen=True)
class Place:
    """A page with an object, and the accounts that may open it; none for a visitor."""

    name: str
    address: str
    accounts: tuple[str | None, ...]


def each_place() -> Iterator[Place]:
    """In the order of the table."""
    from patrol.web.access import Access, declaration, each_pattern

    for route, pattern in each_pattern():
        declared = declaration(pattern.callback)
        assert declared is not None
        name = str(pattern.name)
        if "GET" not in declared.methods or declared.needs is Access.TOKEN or name in NO_PAGES:
            continue
        yield Place(name, "/" + (AT.get(name) or filled(route)), _who(name, declared.needs))


def filled(route: str) -> str:
    """`leads/<int:lead_id>/` becomes `leads/1/`."""
    while "<" in route:
        before = route.partition("<")[0]
        assert before in OBJECTS, f"furnish the house for `{route}`, and name the object in OBJECTS"
        route = re.sub(r"<\w+:\w+>", OBJECTS[before], route, count=1)
    return route


def _who(name: str, needs: object) -> tuple[str | None, ...]:
    from patrol.actions.desk import permissions
    from patrol.models import Permission, Role
    from patrol.web.access import Access

    if name in AS:
        return (AS[name],)
    if needs is Access.ANYONE:
        return (None,)
    roles = dict(zip(ACCOUNTS, ("officer", "supervisor", "auditor", "privacy_officer", "admin"), strict=True))  # fmt: skip
    return tuple(
        account
        for account, role in roles.items()
        if not isinstance(needs, Permission) or needs in permissions(Role(role))
    )


STATES: dict[str, tuple[str, str | None]] = {
    "queue_nothing": ("/leads/?category=arms", "mei"),
    "queue_unread": ("/leads/", "other"),
    "lead_victim": ("/leads/11/", "mei"),
    "lead_forewarned": ("/leads/4/?unasked=yes", "mei"),
    "lead_forgotten": ("/leads/5/", "mei"),
    "lead_referred": ("/leads/3/", "lin"),
    "reviews_none": ("/reviews/", "other"),
    "campaigns_none": ("/campaigns/", "other"),
    "cases_none": ("/cases/", "other"),
    "case_of_a_lead": ("/cases/new/?lead=9", "mei"),
    "case_merged": ("/cases/3/", "mei"),
    "sources_none": ("/sources/", "other"),
    "source_week": ("/sources/harbor/coverage/?days=7", "audit"),
    "rule_on_trial": ("/rules/kite_swap/?version=2", "lin"),
    "search_found": ("/search/?q=%E6%97%A5%E9%A0%98", "mei"),
    "search_refused": ("/search/?q=%E6%97%A5%E9%A0%98%20staus:new", "mei"),
    "queries_none": ("/search/queries/", "other"),
    "privacy_answered": ("/privacy/3/", "ning"),
    "privacy_late": ("/privacy/1/", "ning"),
    "log_questions": ("/log/?preset=mass_reading", "audit"),
    "inbox_none": ("/inbox/", "root"),
    "absent": ("/nothing/", "mei"),
    "refused": ("/log/", "mei"),
    "only_forms": ("/cases/open/", "mei"),
}
"""What a page looks like in other states: its address, and who looks."""
PRESSED: dict[str, tuple[str, str, str]] = {
    "lead_held": ("/leads/8/", "mei", _SEND.format(1)),
    "lead_changed": ("/leads/2/", "mei", _SEND.format(99)),
    "case_refused": ("/cases/1/", "mei", "document.querySelector('#task-what').form.submit()"),
}
"""Answers to a form: the address of its page, who sends it, and how."""
