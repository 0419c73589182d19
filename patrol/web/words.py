"""The closed lists, said to people. Every word of `patrol.models.words` that a page shows has its label here."""

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from patrol.models import (
    Availability,
    Bond,
    CaseStatus,
    Category,
    Channel,
    DismissReason,
    HandleKind,
    HandleRole,
    HandleStanding,
    HelpPlace,
    LeadKind,
    LeadStatus,
    Level,
    LinkState,
    LookVerdict,
    MessageChannel,
    NoticeKind,
    Outcome,
    QueryEnd,
    Receiver,
    Result,
    Role,
    RuleStatus,
    SearchKind,
    SiteTerms,
    TokenScope,
    UserAgent,
    Verdict,
)
from patrol.web.privacy_words import PRIVACY
from patrol.web.verbs import VERBS

LABELS: dict[str, str | Promise] = {
    TokenScope.INBOX: _("How much waits for me"),
    TokenScope.COVERAGE: _("What was read of each source, and what was not seen"),
    TokenScope.HEALTH: _("Whether the workbench is well"),
    TokenScope.CHECKPOINT: _("The last checkpoint of the access log"),
    Channel.SOCIAL_MEDIA: _("Social media"),
    Channel.MESSAGING_APP: _("Messaging app"),
    Channel.PLATFORM: _("Internet platform"),
    UserAgent.NAMED: _("Who we are, and how to reach us"),
    UserAgent.PLAIN: _("No more than an ordinary browser says"),
    SiteTerms.UNREAD: _("Not read yet"),
    SiteTerms.PERMIT: _("They permit reading by programs"),
    SiteTerms.SILENT: _("They say nothing of it"),
    SiteTerms.FORBID: _("They forbid it; read all the same"),
    Category.EMOTIONAL_DECEPTION: _("Emotional deception"),
    Category.EMOTIONAL_BLACKMAIL: _("Emotional blackmail"),
    Category.INTIMIDATION: _("Intimidation"),
    Category.SOLICITATION: _("Solicitation"),
    Category.TRADING: _("Trading"),
    Category.DRUGS: _("Drugs"),
    Category.ARMS: _("Arms"),
    Category.ORGANIZED_CRIME: _("Organized crime"),
    Category.FRAUD: _("Fraud"),
    Category.GAMBLING: _("Gambling"),
    LeadKind.LEAD: _("Lead"),
    LeadKind.POSSIBLE_VICTIM: _("Possible victim"),
    LeadKind.TIP: _("Tip"),
    Level.LOW: pgettext_lazy("level", "Low"),
    Level.MEDIUM: pgettext_lazy("level", "Medium"),
    Level.HIGH: pgettext_lazy("level", "High"),
    Level.CRITICAL: pgettext_lazy("level", "Critical"),
    RuleStatus.DRAFT: pgettext_lazy("rule", "Draft"),
    RuleStatus.SHADOW: pgettext_lazy("rule", "On trial"),
    RuleStatus.LIVE: pgettext_lazy("rule", "Live"),
    RuleStatus.REVIEW: pgettext_lazy("rule", "To be reviewed"),
    RuleStatus.RETIRED: pgettext_lazy("rule", "Retired"),
    HandleKind.LINE: _("LINE"),
    HandleKind.TELEGRAM: _("Telegram"),
    HandleKind.WECHAT: _("WeChat"),
    HandleKind.INSTAGRAM: _("Instagram"),
    HandleKind.WHATSAPP: _("WhatsApp"),
    HandleKind.PHONE: _("Phone"),
    HandleKind.MAIL: _("E-mail"),
    HandleKind.URL: _("Address"),
    HandleKind.WALLET: _("Wallet"),
    HandleKind.BANK: _("Bank account"),
    HandleRole.OFFERED: pgettext_lazy("handle", "offered"),
    HandleRole.MENTIONED: pgettext_lazy("handle", "mentioned"),
    HandleRole.UNKNOWN: pgettext_lazy("handle", "role unknown"),
    HandleRole.SPARED: pgettext_lazy("handle", "a victim's, masked"),
    Bond.SAME_WORDS: _("the same words"),
    Bond.NEAR_WORDS: _("nearly the same words"),
    Bond.SAME_HANDLE: _("the same contact"),
    Bond.BY_HAND: _("put there by an officer"),
    LinkState.JOINED: pgettext_lazy("link", "Joined"),
    LinkState.DETACHED: pgettext_lazy("link", "Detached"),
    HandleStanding.OWN: pgettext_lazy("contact", "the seller's own"),
    HandleStanding.GENERIC: pgettext_lazy("contact", "everybody's"),
    HandleStanding.BORROWED: pgettext_lazy("contact", "somebody else's"),
    HandleStanding.VICTIM: pgettext_lazy("contact", "a victim's"),
    HandleStanding.UNJUDGED: pgettext_lazy("contact", "not judged"),
    CaseStatus.UNDER_WAY: pgettext_lazy("case", "Under way"),
    CaseStatus.CLOSED: pgettext_lazy("case", "Closed"),
    QueryEnd.ENDED: _("Its owner ended it."),
    QueryEnd.EXPIRED: _("Its time is over; renew it if it is still needed."),
    QueryEnd.BROKEN: _("Its words cannot be read any more; search for them to see where."),
    QueryEnd.NAMES_GONE: _("It names a source, or a rule in force, that is not there any more."),
    QueryEnd.FOLLOWS: _("It has come to follow one person, which takes a directed authorization."),
    QueryEnd.MANDATE_ENDED: _("The directed authorization under which it ran is over."),
    QueryEnd.OWNER_GONE: _("Its owner may not search any more."),
    SearchKind.WORDS: _("search"),
    SearchKind.BATCH: _("list of terms"),
    SearchKind.CONTACT: _("click on a contact"),
    SearchKind.PRIVACY: _("search for a privacy request"),
    **PRIVACY,
    Role.OFFICER: _("Officer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.AUDITOR: _("Auditor"),
    Role.PRIVACY_OFFICER: _("Privacy officer"),
    Role.ADMIN: _("Administrator"),
    "waiting": pgettext_lazy("status", "Waiting"),
    "none": _("No category"),
    "searchable": _("All but possible victims"),
    "good": _("Read as it should be"),
    "bad": _("Not read as it should be"),
    "refused": _("With refused requests"),
    LeadStatus.NEW: pgettext_lazy("status", "New"),
    LeadStatus.RELEVANT: pgettext_lazy("status", "Relevant"),
    LeadStatus.ESCALATED: pgettext_lazy("status", "Escalated"),
    LeadStatus.REFERRED: pgettext_lazy("status", "Referred"),
    LeadStatus.DISMISSED: pgettext_lazy("status", "Dismissed"),
    LeadStatus.SNOOZED: pgettext_lazy("status", "Later"),
    DismissReason.RULE_FALSE_HIT: _("The rule was wrong"),
    DismissReason.LAWFUL: _("Lawful or unrelated"),
    DismissReason.DUPLICATE: _("Duplicate"),
    DismissReason.KNOWN_CASE: _("Known from another case"),
    DismissReason.UNDECIDABLE: _("Cannot be decided"),
    DismissReason.OTHER: _("Other (write why)"),
    Outcome.OK: pgettext_lazy("outcome", "Read"),
    Outcome.NOTHING_NEW: pgettext_lazy("outcome", "Nothing new"),
    Outcome.SUSPICIOUSLY_EMPTY: pgettext_lazy("outcome", "Suspiciously empty"),
    Outcome.LAYOUT_CHANGED: pgettext_lazy("outcome", "Layout changed"),
    Outcome.POLICY_BLOCKED: pgettext_lazy("outcome", "Blocked by the site"),
    Outcome.LOGIN_WALL: pgettext_lazy("outcome", "Login wall"),
    Outcome.RATE_LIMITED: pgettext_lazy("outcome", "Asked to slow down"),
    Outcome.ROBOTS_DENIED: pgettext_lazy("outcome", "Denied by robots.txt"),
    Outcome.AUTHORIZATION_ENDED: pgettext_lazy("outcome", "No authorization"),
    Outcome.OUTSIDE_HOURS: pgettext_lazy("outcome", "Outside its hours"),
    Outcome.NETWORK: pgettext_lazy("outcome", "Not reachable"),
    Outcome.SERVER_ERROR: pgettext_lazy("outcome", "Server error"),
    Outcome.STOPPED: pgettext_lazy("outcome", "Stopped"),
    Outcome.CRASHED: pgettext_lazy("outcome", "Crashed"),
    Receiver.PLATFORM: _("Platform that carries it"),
    Receiver.IMAGE_CENTRE: _("Centre for sexual images"),
    Receiver.IWIN: _("iWIN"),
    Receiver.FRAUD_LINE: _("165 anti-fraud line"),
    Availability.UP: _("Still up"),
    Availability.DOWN: _("Taken down"),
    Availability.CHANGED: _("Changed"),
    Availability.UNKNOWN: _("Cannot be seen without a login"),
    LookVerdict.JUSTIFIED: pgettext_lazy("look", "Justified"),
    LookVerdict.DOUBTFUL: pgettext_lazy("look", "Doubtful"),
    LookVerdict.UNJUSTIFIED: pgettext_lazy("look", "Not justified"),
    NoticeKind.VICTIM_ALARM: _("A life may depend on it"),
    NoticeKind.REFERRAL_UNFINISHED: _("Referral not finished"),
    NoticeKind.GLASS_BROKEN: _("A supervisor broke the glass"),
    NoticeKind.MANDATE_ENDING: _("An authorization ends"),
    NoticeKind.SOURCE_FAILING: _("A source cannot be read"),
    NoticeKind.SOURCE_RECOVERED: _("A source is read again"),
    NoticeKind.SOURCE_DRIFTED: _("A source's pages are not what they were"),
    NoticeKind.RULE_BRAKED: _("A rule was set to review"),
    NoticeKind.RULE_ENDING: _("A rule, an exception or words of a list end"),
    NoticeKind.RULE_ENDED: _("A rule, an exception or words of a list have ended"),
    NoticeKind.QUERY_HIT: _("A standing query has hits"),
    NoticeKind.QUERY_BROKEN: _("A standing query cannot be asked any more"),
    NoticeKind.EXPORT_UNLOCKED: _("A lead was unlocked for audit"),
    NoticeKind.WORD_ASKED: _("An auditor's account waits for your word"),
    NoticeKind.SESSION_TAKEN: _("Another browser used your sign-in, and it was ended"),
    NoticeKind.PRIVACY_HANDED: _("A privacy request waits for a supervisor"),
    NoticeKind.PRIVACY_CARRIED: _("A supervisor dealt with a privacy request"),
    NoticeKind.PRIVACY_DUE: _("A privacy request is due"),
    MessageChannel.EMAIL: pgettext_lazy("channel", "Mail"),
    MessageChannel.WEBHOOK: pgettext_lazy("channel", "Webhook"),
    HelpPlace.PROTECTION_LINE: _("Protection line 113"),
    HelpPlace.SOCIAL_AFFAIRS: _("Social affairs of the city or county"),
    HelpPlace.CHILDREN_POLICE: _("Women and children police"),
    HelpPlace.EMERGENCY: _("Emergency line 110 or 119"),
    HelpPlace.SAFE_LINE: _("Suicide prevention line 1925"),
    HelpPlace.ABROAD: _("Mission abroad"),
    HelpPlace.OTHER_PLACE: _("Another place"),
    Result.ALLOW: pgettext_lazy("result", "Done"),
    Result.DENY: pgettext_lazy("result", "Denied"),
    Result.ERROR: pgettext_lazy("result", "Failed"),
    **VERBS,
}

VERDICTS: dict[Verdict, str | Promise] = {
    Verdict.RELEVANT: _("Relevant"),
    Verdict.ESCALATED: _("Escalate"),
    Verdict.REFERRED: _("Refer to help"),
    Verdict.DISMISSED: _("Dismiss"),
    Verdict.SNOOZED: _("Later"),
    Verdict.REOPENED: _("Reopen"),
}
"""What the buttons say."""

DECIDED: dict[LeadStatus, str | Promise] = {
    LeadStatus.NEW: _("Lead {0} is open again."),
    LeadStatus.RELEVANT: _("Lead {0} is marked relevant."),
    LeadStatus.ESCALATED: _("Lead {0} is escalated."),
    LeadStatus.REFERRED: _("Lead {0} is referred to help."),
    LeadStatus.DISMISSED: _("Lead {0} is dismissed."),
    LeadStatus.SNOOZED: _("Lead {0} waits for later."),
}
"""What the page says after a decision."""

AGREEMENT_LINES: dict[str, str | Promise] = {"all": _("All categories together")}
"""Lines of the table of second reviews that are no category."""

MASKS: dict[str, str | Promise] = {
    "off": _("Show everything"),
    "terms": _("Cover the marked words"),
    "cover": _("Cover all words"),
    "summary": _("Only what is known about the post"),
}
"""What of collected words is covered until one wants to see it."""

WAITS: dict[str, str | Promise] = {
    "in_a_row": _("You have read several heavy leads in a row."),
    "shift_ends": _("Your shift is about to end."),
    "full": _("You have read enough for one shift."),
}
"""Why a heavy lead should not come next."""

LATERS: dict[str, str | Promise] = {
    "hour": _("in an hour"),
    "shift": _("tomorrow's shift"),
    "day": _("in 24 hours"),
    "date": _("on a day of my choice"),
}
"""When a lead that is put off comes back."""

FATES: dict[str, str | Promise] = {
    "to_decide": _("Will be decided"),
    "decided": _("Decided"),
    "changed_since": _("Changed since: left alone"),
    "held_by_colleague": _("A colleague is reading it: left alone"),
    "one_at_a_time": _("Possible victim: one at a time"),
    "in_a_case": _("In a case: left alone"),
    "not_there": _("No longer there"),
    "does_not_fit": _("The verdict does not fit: left alone"),
    "undone": _("Undone"),
}
"""What becomes, or became, of one lead of a selection."""

DONE: dict[str, str | Promise] = {
    "assigned": _("Lead {0} is the work of {1} now."),
    "anybody": _("Lead {0} is anybody's work again."),
    "tagged": _("Lead {0} has its tag."),
    "untagged": _("The tag is off lead {0}."),
    "noted": _("The note on lead {0} is kept."),
    "held": _("Lead {0} is yours to decide on."),
    "referral": _("The referral of lead {0} is kept."),
    "spared": _("A victim's contact in lead {0} is masked everywhere now."),
    "unspared": _("The contact in lead {0} is shown again."),
    "brought": _("New posts kept: {0}. New leads: {1}."),
}
"""What the page says after another act: mostly the lead's number, and an account."""

AGAINST: dict[str, str | Promise] = {
    "dismissed": _("The lead was dismissed"),
    "detached": _("The lead was taken out of the case"),
    "changed": _("The verdict changed"),
    "unlinked": _("The lead was taken out of a campaign"),
}
"""What speaks against a case, by its `what`."""

PRESETS: dict[str, str | Promise] = {
    "exports": _("Exports"),
    "denials": _("Denials"),
    "after_hours": _("Outside working hours"),
    "mass_reading": _("Much read at once"),
    "own_name": _("Searches for one's own account"),
    "repeated": _("The same search again and again"),
    "no_authorization": _("Attempts without authorization"),
    "unlocks": _("Unlocked for audit"),
    "break_glass": _("Break-glass"),
}
"""Questions to the access log."""

MANDATE_STATES: dict[str, str | Promise] = {
    "pending": _("Waits for approval"),
    "in_force": _("In force"),
    "trial": _("Trial: single looks only"),
    "not_yet": _("Not yet in force"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "emergency": _("Break-glass: one person's, for a day"),
    "changed": _("The source was changed since"),
}


PARTS: dict[str, str | Promise] = {
    "several_rules": _("Several rules hit"),
    "handle_offered": _("A contact is offered"),
    "price": _("A price is named"),
    "victim_signal": _("Words of somebody who may need help"),
    "freshness": _("How fresh the post is"),
    "author_before": _("Its author was flagged before"),
    "rule_precision": _("How often the rule was right"),
}
"""Parts of a score that are not rules."""


FAULTS: dict[str, str | Promise] = {
    "edited": _("A record was edited."),
    "deleted": _("A record was deleted."),
    "inserted": _("A record was inserted."),
    "swapped": _("Two records changed places."),
    "truncated": _("The end of the log was cut off."),
    "forked": _("There are two histories: records were rewritten together with their hashes."),
    "bad_signature": _("A checkpoint is not signed by this log's key."),
    "index_edited": _("The search columns of a record were edited."),
    "reason_edited": _("The words of a reason were edited."),
}
"""What the verifier found, by its `kind`."""


def in_language(titles: dict[str, str]) -> str:
    """The title in the reader's language, or the first there is."""
    wanted = "zh-Hant" if (get_language() or "").startswith("zh") else "en"
    return titles.get(wanted) or titles.get("en") or next(iter(titles.values()), "")


def label(word: object) -> str:
    """What people read for a word of a closed list; the word itself where it is none.

    No two lists share a word (a test sees to it), so the plain string finds its label too.
    """
    return str(LABELS.get(str(word), word))


def part(name: str) -> str:
    """What a part of a score is called; its own name where nobody gave it another."""
    return str(PARTS.get(name, name))
