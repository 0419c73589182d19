"""The closed lists: every word here is used alike in code, YAML, tables, addresses and pages."""

from enum import StrEnum


class Channel(StrEnum):
    """The kind of place a source is."""

    SOCIAL_MEDIA = "social_media"
    MESSAGING_APP = "messaging_app"
    PLATFORM = "platform"


class Category(StrEnum):
    """The five methods of child exploitation and the five crimes that patrols look for. Closed on purpose."""

    EMOTIONAL_DECEPTION = "emotional_deception"
    EMOTIONAL_BLACKMAIL = "emotional_blackmail"
    INTIMIDATION = "intimidation"
    SOLICITATION = "solicitation"
    TRADING = "trading"
    DRUGS = "drugs"
    ARMS = "arms"
    ORGANIZED_CRIME = "organized_crime"
    FRAUD = "fraud"
    GAMBLING = "gambling"


class LeadKind(StrEnum):
    """What a lead is. A possible victim is never a suspect; a tip was told by a person."""

    LEAD = "lead"
    POSSIBLE_VICTIM = "possible_victim"
    TIP = "tip"


class Level(StrEnum):
    """How much a rule's match says. Sigma's words."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RuleStatus(StrEnum):
    """Where a version of a rule stands. Only a live one makes leads."""

    DRAFT = "draft"
    SHADOW = "shadow"
    LIVE = "live"
    REVIEW = "review"
    RETIRED = "retired"


class HandleKind(StrEnum):
    """The kinds of contact found in a text."""

    LINE = "line"
    TELEGRAM = "telegram"
    WECHAT = "wechat"
    INSTAGRAM = "instagram"
    WHATSAPP = "whatsapp"
    PHONE = "phone"
    MAIL = "mail"
    URL = "url"
    WALLET = "wallet"
    BANK = "bank"


class HandleRole(StrEnum):
    """What the writer does with a contact. Only an offered one links leads."""

    OFFERED = "offered"
    MENTIONED = "mentioned"
    UNKNOWN = "unknown"
    SPARED = "spared"
    """An officer said that it is a victim's: masked everywhere. No reader of texts ever says so."""


class Disguise(StrEnum):
    """How words are written to slip past a list."""

    SEPARATORS = "separators"
    PARTED = "parted"
    STROKES = "strokes"
    DOTS = "dots"
    LEET = "leet"
    REPEATED = "repeated"
    ENTITIES = "entities"
    TURNED = "turned"
    SPLIT = "split"
    CANTONESE = "cantonese"
    TAIWANESE = "taiwanese"
    ZHUYIN = "zhuyin"
    PINYIN = "pinyin"
    EMOJI = "emoji"
    HOMOPHONE = "homophone"
    CHARACTERS = "characters"


class Bond(StrEnum):
    """Why a lead is in a campaign."""

    SAME_WORDS = "same_words"
    NEAR_WORDS = "near_words"
    SAME_HANDLE = "same_handle"
    BY_HAND = "by_hand"


class LinkState(StrEnum):
    """Where a lead stands in a campaign. A detached one is never proposed again."""

    JOINED = "joined"
    DETACHED = "detached"


class HandleStanding(StrEnum):
    """Whose a contact is, as officers judged it. Only a seller's own joins leads."""

    OWN = "own"
    GENERIC = "generic"
    BORROWED = "borrowed"
    VICTIM = "victim"
    """It is masked, and joins nothing."""
    UNJUDGED = "unjudged"
    """What was said before is taken back."""


class CaseStatus(StrEnum):
    """Where a case stands."""

    UNDER_WAY = "under_way"
    CLOSED = "closed"


class Role(StrEnum):
    """What a person is here for."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"
    ADMIN = "admin"


class LeadStatus(StrEnum):
    """Where a lead stands: waiting, or the last verdict on it."""

    NEW = "new"
    RELEVANT = "relevant"
    ESCALATED = "escalated"
    REFERRED = "referred"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"


class Verdict(StrEnum):
    """What an officer may decide on a lead. `reopened` puts it back into the queue."""

    RELEVANT = "relevant"
    ESCALATED = "escalated"
    REFERRED = "referred"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    REOPENED = "reopened"


class DismissReason(StrEnum):
    """Why a lead is dismissed. `rule_false_hit` feeds the rule's precision."""

    RULE_FALSE_HIT = "rule_false_hit"
    LAWFUL = "lawful"
    DUPLICATE = "duplicate"
    KNOWN_CASE = "known_case"
    UNDECIDABLE = "undecidable"
    OTHER = "other"


class BroughtAs(StrEnum):
    """In what shape a person brought posts by hand, where a site may not be crawled."""

    PAGE = "page"
    TABLE = "table"
    WORDS = "words"


class Outcome(StrEnum):
    """How a run ended, from best to worst. Only the first two are green; of several pages the worst wins."""

    OK = "ok"
    NOTHING_NEW = "nothing_new"
    SUSPICIOUSLY_EMPTY = "suspiciously_empty"
    LAYOUT_CHANGED = "layout_changed"
    POLICY_BLOCKED = "policy_blocked"
    LOGIN_WALL = "login_wall"
    RATE_LIMITED = "rate_limited"
    ROBOTS_DENIED = "robots_denied"
    AUTHORIZATION_ENDED = "authorization_ended"
    OUTSIDE_HOURS = "outside_hours"
    NETWORK = "network"
    SERVER_ERROR = "server_error"
    STOPPED = "stopped"
    CRASHED = "crashed"

    @property
    def green(self) -> bool:
        """Whether the board was read as it should be."""
        return self in {Outcome.OK, Outcome.NOTHING_NEW}

    @property
    def rank(self) -> int:
        """0 is best."""
        return list(Outcome).index(self)


class LookVerdict(StrEnum):
    """What an auditor says of a look that was drawn for review."""

    JUSTIFIED = "justified"
    DOUBTFUL = "doubtful"
    UNJUSTIFIED = "unjustified"


class Receiver(StrEnum):
    """To whom a report is handed over. Closed: each gets the fields that it needs and no others."""

    PLATFORM = "platform_operator"
    IMAGE_CENTRE = "image_centre"
    IWIN = "iwin"
    FRAUD_LINE = "fraud_165"


class Availability(StrEnum):
    """Whether what was handed over is still there."""

    UP = "still_up"
    DOWN = "taken_down"
    CHANGED = "changed_since"
    UNKNOWN = "not_visible"


class Result(StrEnum):
    """What became of an audited act."""

    ALLOW = "allow"
    DENY = "deny"
    ERROR = "error"


class SearchKind(StrEnum):
    """How somebody searched."""

    WORDS = "word_search"
    BATCH = "term_list"
    CONTACT = "contact_click"
    """A click on a contact."""
    PRIVACY = "privacy_search"
    """What a privacy request names, looked for to answer it."""


class PrivacyRight(StrEnum):
    """What somebody asks of us about themself (Taiwan's PDPA, articles 10 and 11)."""

    ACCESS = "access_or_copy"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"


class Identified(StrEnum):
    """How whoever asks has shown who they are. Their papers are not kept."""

    NOT_YET = "not_identified_yet"
    IN_PERSON = "in_person"
    BY_LETTER = "by_letter"
    BY_AGENT = "by_agent"


class PrivacyAnswer(StrEnum):
    """How a privacy request was answered."""

    DISCLOSED = "disclosed"
    DONE = "done_as_asked"
    """Corrected or erased, by a supervisor."""
    PARTLY = "partly"
    REFUSED = "request_refused"
    NOTHING = "nothing_to_disclose"
    """True whether nothing is held or what is held must stay secret: neither is said."""


class PrivacyGround(StrEnum):
    """By which rule a privacy request is refused, wholly or in part."""

    NATIONAL_INTEREST = "pdpa_10_1"
    STATUTORY_DUTY = "pdpa_10_2"
    THIRD_PARTY = "pdpa_10_3"
    ACCURATE = "pdpa_11_1"
    DUTY_NEEDS_IT = "pdpa_11_3"
    ORDERED_KEPT = "ordered_kept"
    NOT_IDENTIFIED = "identity_not_shown"


class Carried(StrEnum):
    """What a supervisor did about a rectification or an erasure."""

    DONE = "carried_out"
    DECLINED = "not_carried_out"
    NOTHING = "nothing_to_carry_out"


class QueryEnd(StrEnum):
    """Why a standing query runs no more."""

    ENDED = "ended_by_owner"
    EXPIRED = "time_over"
    BROKEN = "unreadable"
    """Its words cannot be read any more."""
    NAMES_GONE = "names_gone"
    """It names a source or a rule that is not there any more."""
    FOLLOWS = "follows_one"
    """It has come to follow one person."""
    MANDATE_ENDED = "mandate_over"
    OWNER_GONE = "owner_gone"


class TokenScope(StrEnum):
    """What a program with a token may ask, for whoever made it."""

    INBOX = "inbox:count"
    COVERAGE = "coverage:read"
    HEALTH = "health:read"
    CHECKPOINT = "log:checkpoint"


class Permission(StrEnum):
    """What a role may be allowed to do. `config/roles.yml` gives them out."""

    LEADS_READ = "leads:read"
    LEADS_DECIDE = "leads:decide"
    VICTIMS_READ = "victims:read"
    AGREEMENT_READ = "agreement:read"
    INBOX_READ = "inbox:read"
    ONCALL_SET = "oncall:set"
    CASES_READ = "cases:read"
    CASES_WORK = "cases:work"
    CASES_EXPORT = "cases:export"
    POSTS_SEARCH = "posts:search"
    POSTS_BRING = "posts:bring"
    QUERIES_READ = "queries:read"
    DASHBOARDS_READ = "dashboards:read"
    SOURCES_READ = "sources:read"
    SOURCES_PROPOSE = "sources:propose"
    SOURCES_RUN = "sources:run"
    AUTHORIZATIONS_REQUEST = "authorizations:request"
    AUTHORIZATIONS_APPROVE = "authorizations:approve"
    AUTHORIZATIONS_REVOKE = "authorizations:revoke"
    RULES_READ = "rules:read"
    RULES_PROPOSE = "rules:propose"
    RULES_APPROVE = "rules:approve"
    EVIDENCE_EXPORT = "evidence:export"
    LOG_READ = "log:read"
    LOG_VERIFY = "log:verify"
    LOG_PRUNE = "log:prune"
    LOG_UNLOCK = "log:unlock"
    RETENTION_READ = "retention:read"
    HOLDS_PLACE = "holds:place"
    PRIVACY_ANSWER = "privacy:answer"
    PRIVACY_UNLOCK = "privacy:unlock"
    PRIVACY_CARRY = "privacy:carry"
    TOKENS_MAKE = "tokens:make"
    PEOPLE_MANAGE = "people:manage"
    PEOPLE_VOUCH = "people:vouch"
    ROLES_READ = "roles:read"
    SYSTEM_OPERATE = "system:operate"


from patrol.models.conduct import SiteTerms as SiteTerms  # noqa: E402, PLC0414  (a mandate's, as docs/words.md has it)
from patrol.models.conduct import UserAgent as UserAgent  # noqa: E402, PLC0414  (same)
from patrol.models.verbs import Verb as Verb  # noqa: E402, PLC0414  (the last list, as docs/words.md has it)
