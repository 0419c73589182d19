"""A case leaves as evidence: every lead that was ever in it, what speaks against it, proofs and the verifier, in one ZIP."""

from collections.abc import Sequence
from dataclasses import asdict

from patrol.actions.casework.case_notes import told_of
from patrol.actions.casework.casefile import CaseSheet, files_of, places_of, sheet
from patrol.actions.casework.cases import LONGEST_PURPOSE, PurposeMissing, find_case
from patrol.actions.desk import Desk, Details
from patrol.actions.disclosing.evidence import Bundle, VictimStays, proofs_of, stamped_at, tools
from patrol.actions.disclosing.exhibits import Gathered, gather, looks_at
from patrol.actions.disclosing.soundness import refuse_unsound
from patrol.actions.triaging.leads import person_at
from patrol.errors import PatrolError, Refused
from patrol.exports.bundle import Attachment, Sealed
from patrol.exports.case_bundle import AgainstFact, CaseExhibit, CaseNoteFact, name_of, sealed
from patrol.models import LeadKind, Permission, Result, Verb
from patrol.register import proofs
from patrol.register.tables import Case, CaseLead, Lead, LedgerRecord

MOST_LEADS = 60
"""Who looked at each is read from the whole log; more take minutes."""


class CaseTooLarge(Refused):
    """More leads than one bundle holds."""

    def __init__(self, leads: int) -> None:
        super().__init__(
            f"This case has {leads} leads; one bundle holds {MOST_LEADS}.",
            why="Who looked at each of them is searched in the whole access log.",
            do="Export it as JSON, or its leads one by one.",
        )


def export(desk: Desk, case_id: int, purpose: str) -> Bundle:
    """The bundle; its record, with the manifest's hash, is durable before this returns.

    Raises `PurposeMissing`, `NoSuchCase`, `CaseTooLarge`, `LogUnsound`.
    """
    subject, said = f"case:{case_id}", purpose.strip()[:LONGEST_PURPOSE]
    desk.require(Permission.CASES_EXPORT, Verb.CASE_EXPORTED, subject)
    desk.require(Permission.LEADS_READ, Verb.CASE_EXPORTED, subject)
    try:
        exhibit, made, leads = _made(desk, case_id, said)
    except PatrolError as error:
        result = Result.DENY if isinstance(error, Refused) else Result.ERROR
        details: Details = {"error": type(error).__name__}
        desk.record(Verb.CASE_EXPORTED, subject=subject, result=result, details=details)
        raise
    with desk.act(Permission.CASES_EXPORT, Verb.CASE_EXPORTED, subject=subject, reason=said) as act:
        for victim in Lead.objects.filter(pk__in=leads, kind=LeadKind.POSSIBLE_VICTIM):
            raise VictimStays(victim.pk)
        act.purpose = f"case:{exhibit.number}"
        act.count = len(leads)
        act.details = {"manifest": made.manifest_sha256, "leads": leads}
    body = bytes(LedgerRecord.objects.get(seq=desk.records[-1]).body)
    return Bundle(name_of(exhibit), made.zipped(body), desk.records[-1], made.manifest_sha256)


def _made(desk: Desk, case_id: int, purpose: str) -> tuple[CaseExhibit, Sealed, list[int]]:
    """Outside the transaction of the act: it may take seconds, and nobody waits for it."""
    if not purpose:
        raise PurposeMissing
    refuse_unsound()
    case = find_case(desk, case_id)
    gathered = [gather(desk, lead, purpose) for lead in _leads(case)]
    about = sorted({number for one in gathered for number in one.records})
    proven = proofs.prove_each(about)
    exhibit = _exhibit(desk, case, gathered, purpose).model_copy(
        update={
            "unproven": tuple(sorted(set(about) - {proof.seq for proof in proven})),
            "attested": bool(proven) and all(proof.attested for proof in proven),
            "stamped": stamped_at(proven),
        }
    )
    leads = [one.exhibit for one in gathered]
    made = sealed(exhibit, leads, _attachments(gathered, proven))
    return exhibit, made, [one.lead for one in leads]


def _leads(case: Case) -> list[Lead]:
    """Those in it and those that were taken out, as far as their words are there; never a possible victim's."""
    numbers = set(places_of(files_of(case)).values_list("lead_id", flat=True))
    if len(numbers) > MOST_LEADS:
        raise CaseTooLarge(len(numbers))
    rows = Lead.objects.filter(pk__in=numbers).select_related("unit", "retention", "source")
    return list(rows.order_by("pk"))


def _exhibit(desk: Desk, case: Case, gathered: Sequence[Gathered], purpose: str) -> CaseExhibit:
    read: CaseSheet = sheet(desk, case)
    inside = {one.lead_id for one in read.leads}
    every = {one.exhibit.lead for one in gathered}
    places = CaseLead.objects.filter(case__in=files_of(case))
    gone = places.filter(lead__retention__wrapped_key=None)
    gone = gone.exclude(lead__kind=LeadKind.POSSIBLE_VICTIM)
    return CaseExhibit(
        number=read.number,
        unit=person_at(desk).unit.name,
        title=read.title,
        summary=read.summary,
        status=read.status,
        opened_by=read.opened_by,
        opened_at=read.opened_at,
        merged=tuple(number for _id, number in read.merged),
        members=read.members,
        made_at=desk.now(),
        made_by=desk.actor.account,
        purpose=purpose,
        leads=tuple(sorted(every & inside)),
        detached=tuple(sorted(every - inside)),
        hidden=read.hidden,
        gone=tuple(sorted(set(gone.values_list("lead_id", flat=True)))),
        against=tuple(
            AgainstFact(
                lead=one.lead_id, what=one.what, account=one.account, at=one.at, words=one.words
            )
            for one in read.against
        ),
        notes=tuple(CaseNoteFact(**asdict(one)) for one in told_of(files_of(case))),
        looks=looks_at(f"case:{case.pk}"),
        attested=False,
        unproven=(),
    )


def _attachments(gathered: Sequence[Gathered], proven: Sequence[proofs.Proof]) -> list[Attachment]:
    captures = {name: body for one in gathered for name, body in one.captures.items()}
    return [
        *(Attachment(name, body) for name, body in sorted(captures.items())),
        *proofs_of(proven),
        *tools(),
    ]
