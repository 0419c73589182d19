"""What people are told, how it reaches them, and to whom a possible victim is referred."""

from enum import StrEnum


class HelpPlace(StrEnum):
    """Who takes a possible victim over. Institutions, never persons."""

    PROTECTION_LINE = "protection_line_113"
    SOCIAL_AFFAIRS = "social_affairs"
    CHILDREN_POLICE = "women_and_children_police"
    EMERGENCY = "emergency_110_119"
    SAFE_LINE = "suicide_line_1925"
    ABROAD = "mission_abroad"
    OTHER_PLACE = "other_place"


class NoticeKind(StrEnum):
    """What somebody is told of."""

    VICTIM_ALARM = "victim_alarm"
    """A possible victim, or a danger to life, that nobody has acknowledged."""
    REFERRAL_UNFINISHED = "referral_unfinished"
    GLASS_BROKEN = "glass_broken"
    MANDATE_ENDING = "mandate_ending"
    SOURCE_FAILING = "source_failing"
    SOURCE_RECOVERED = "source_recovered"
    SOURCE_DRIFTED = "source_drifted"
    """Its pages are not what they were: its engine finds things in another way, or misses some."""
    RULE_BRAKED = "rule_braked"
    RULE_ENDING = "rule_ending"
    """A rule, one of its exceptions or words of a list count for so many days more."""
    RULE_ENDED = "rule_ended"
    QUERY_HIT = "query_hit"
    QUERY_BROKEN = "query_broken"
    EXPORT_UNLOCKED = "export_unlocked"
    WORD_ASKED = "word_asked"
    """What is asked about an auditor's account waits for another auditor's word."""
    SESSION_TAKEN = "session_taken"
    """Another browser came with a sign-in of one's own."""
    PRIVACY_HANDED = "privacy_handed"
    """A rectification or an erasure waits for a supervisor."""
    PRIVACY_CARRIED = "privacy_carried"
    PRIVACY_DUE = "privacy_due"


class MessageChannel(StrEnum):
    """How a message leaves this machine."""

    EMAIL = "email"
    WEBHOOK = "webhook"
