"""How a rule comes and goes: proposed by one person, tried beside the others, approved by another, ended by anyone of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F

from patrol.actions.desk import Act, Desk
from patrol.actions.rulemaking.rule_proof import proved
from patrol.actions.rulemaking.rulebook import body_of, digest_of, next_version, rule_of
from patrol.actions.staffing.pairs import same_person
from patrol.errors import BadInput, NotFound, Refused
from patrol.models import Permission, Rule, RuleStatus, Verb
from patrol.register.tables import Person, RuleVersion
from pipelines.aside import name_of

OPEN = (RuleStatus.DRAFT, RuleStatus.SHADOW)
"""What waits for a second person."""
UNBRAKED = timedelta(days=7)
"""A released rule's volume counts as right for so long."""


class NoSuchRule(NotFound):
    def __init__(self, name: str, version: int | None = None) -> None:
        super().__init__(
            f"There is no version {version} of the rule `{name}`."
            if version
            else f"There is no rule `{name}`.",
            why="A rule is named like its file, and its versions are counted from 1.",
            do="See `patrol rule list`.",
        )


class NotSo(Refused):
    """A version stands where that cannot be done to it."""

    def __init__(self, row: RuleVersion, wanted: str) -> None:
        super().__init__(
            f"Version {row.version} of `{row.name}` is {row.status}, not {wanted}.",
            why="A version goes from draft over trial to live, and ends retired; it never goes back.",
            do="Look at the rule again, or propose its next version.",
        )


class SecondPerson(Refused):
    """Four eyes are not one pair."""

    def __init__(self, what: str) -> None:
        super().__init__(
            what,
            why="What a rule looks for becomes live only when a second person has read it.",
            do="Have another person approve it, who has no part in what it says.",
        )


class Unchanged(BadInput):
    def __init__(self, name: str, version: int) -> None:
        super().__init__(
            f"Version {version} of `{name}` says the same.",
            why="A new version is there to change something.",
            do="Change what you meant to change, or leave it as it is.",
        )


class NoReason(BadInput):
    def __init__(self) -> None:
        super().__init__(
            "Say why in a sentence.",
            why="Who reads the rule's history next year has nothing else to go by.",
            do="Write what the change is for.",
        )


@dataclass(frozen=True)
class Proposed:
    """A version that was written down, and what should be thought about before it is approved."""

    row: RuleVersion
    remarks: tuple[str, ...]


def propose(desk: Desk, rule: Rule, because: str) -> Proposed:
    """Write the next version of a rule, as a draft. Raises `ManyErrors` with all that is wrong with it."""
    subject = f"rule:{rule.name}"
    with desk.act(Permission.RULES_PROPOSE, Verb.RULE_PROPOSED, subject=subject) as act:
        if len(because.strip()) < _SHORTEST_REASON:
            raise NoReason
        remarks = proved(rule)
        body = body_of(rule)
        digest = digest_of(body)
        standing = RuleVersion.objects.filter(name=rule.name, retired_at=None)
        if same := standing.filter(sha256=digest).first():
            raise Unchanged(rule.name, same.version)
        row = RuleVersion.objects.create(
            name=rule.name,
            version=next_version(RuleVersion, rule.name),
            body=body,
            sha256=digest,
            status=RuleStatus.DRAFT,
            published_at=desk.now(),
            proposed_by=desk.person,
            because=because.strip()[:500],
        )
        _describe(act, row)
        return Proposed(row, remarks)


_SHORTEST_REASON = 8


def try_out(desk: Desk, name: str, version: int) -> RuleVersion:
    """Put a draft on trial: compared with every new post, counted, and making no lead."""
    with desk.act(Permission.RULES_PROPOSE, Verb.RULE_SHADOWED, subject=f"rule:{name}") as act:
        row = version_row(name, version)
        if row.status != RuleStatus.DRAFT:
            raise NotSo(row, RuleStatus.DRAFT)
        proved(rule_of(row), {"name": name_of(name, version, RuleStatus.SHADOW)})
        _move(row, RuleStatus.SHADOW)
        _describe(act, row)
        return row


def approve(desk: Desk, name: str, version: int) -> RuleVersion:
    """Make a version live in place of the one before. Raises `SecondPerson` for who had a part in it."""
    with desk.act(Permission.RULES_APPROVE, Verb.RULE_APPROVED, subject=f"rule:{name}") as act:
        row = version_row(name, version)
        if row.status not in OPEN:
            raise NotSo(row, "a draft or on trial")
        approver = person_of(desk)
        if same_person(row.proposed_by, approver):
            raise SecondPerson("Who proposed a version cannot approve it, by no account of theirs.")
        proved(rule_of(row))
        for before in RuleVersion.objects.filter(name=name, retired_at=None).exclude(pk=row.pk):
            if before.status not in OPEN or before.version < version:
                _retire(desk, before)
        row.approver = approver
        row.approved_at = desk.now()
        row.save(update_fields=["approver", "approved_at"])
        _move(row, RuleStatus.LIVE)
        _describe(act, row)
        return row


def retire(desk: Desk, name: str, version: int, reason: str) -> RuleVersion:
    """End a version now: one person is enough to stop looking for something, and the log says who."""
    with desk.act(
        Permission.RULES_PROPOSE, Verb.RULE_RETIRED, subject=f"rule:{name}", reason=reason
    ) as act:
        row = version_row(name, version)
        if row.retired_at is not None:
            raise NotSo(row, "in use")
        if row.status not in OPEN:
            desk.require(Permission.RULES_APPROVE, Verb.RULE_RETIRED, f"rule:{name}")
        _retire(desk, row)
        _describe(act, row)
        return row


def release(desk: Desk, name: str, reason: str) -> RuleVersion:
    """Let a rule that was set to review make leads again. One person's look is enough."""
    with desk.act(
        Permission.RULES_APPROVE, Verb.RULE_RELEASED, subject=f"rule:{name}", reason=reason
    ) as act:
        row = RuleVersion.objects.filter(
            name=name, retired_at=None, status=RuleStatus.REVIEW
        ).first()
        if row is None:
            raise NotSo(live_row(name), RuleStatus.REVIEW)
        row.unbraked_until = desk.now() + UNBRAKED
        row.save(update_fields=["unbraked_until"])
        _move(row, RuleStatus.LIVE)
        _describe(act, row)
        return row


def end_expired(desk: Desk) -> int:
    """Retire the versions whose last day is over, each on record. Returns how many."""
    today = desk.now().date().isoformat()
    rows = RuleVersion.objects.filter(retired_at=None).exclude(body__expires=None)
    over = [row for row in rows if row.body["expires"] < today]
    for row in over:
        with desk.act(
            Permission.SYSTEM_OPERATE, Verb.RULE_RETIRED, subject=f"rule:{row.name}"
        ) as act:
            _retire(desk, row)
            _describe(act, row)
            act.details["expired"] = str(row.body["expires"])
    return len(over)


def version_row(name: str, version: int) -> RuleVersion:
    """That version. Raises `NoSuchRule`."""
    rows = RuleVersion.objects.select_related("proposed_by", "approver", "retired_by")
    row = rows.filter(name=name, version=version).first()
    if row is None:
        raise NoSuchRule(name, version)
    return row


def live_row(name: str) -> RuleVersion:
    """The version of a rule that counts most: live before others, the newest of them. Raises `NoSuchRule`."""
    found = versions(name)
    rank = [RuleStatus.LIVE, RuleStatus.REVIEW, RuleStatus.SHADOW, RuleStatus.DRAFT]
    for status in rank:
        for row in found:
            if row.status == status and row.retired_at is None:
                return row
    return found[0]


def versions(name: str) -> Sequence[RuleVersion]:
    """All versions, newest first. Raises `NoSuchRule`."""
    rows = RuleVersion.objects.select_related("proposed_by", "approver", "retired_by")
    found = list(rows.filter(name=name).order_by(F("version").desc()))
    if not found:
        raise NoSuchRule(name)
    return found


def _retire(desk: Desk, row: RuleVersion) -> None:
    row.retired_at = desk.now()
    row.retired_by = desk.person
    row.save(update_fields=["retired_at", "retired_by"])
    _move(row, RuleStatus.RETIRED)


def _move(row: RuleVersion, status: RuleStatus) -> None:
    row.status = status
    row.save(update_fields=["status"])


def person_of(desk: Desk) -> Person:
    """Who acts. Raises `Refused` for the machine."""
    if desk.person is None:
        raise Refused(
            "Only a person can do this.",
            why="A rule is proposed and approved by two named people.",
            do="Name one: `--as ACCOUNT`.",
        )
    return desk.person


def _describe(act: Act, row: RuleVersion) -> None:
    act.details = {
        "version": row.version,
        "status": str(row.status),
        "sha256": row.sha256,
        "proposed_by": row.proposed_by_id,
    }
