"""How a site is met under a mandate: by what name, and what its own rules say."""

from enum import StrEnum

from patrol.models.base import Model


class UserAgent(StrEnum):
    """As what a site sees whoever reads it."""

    NAMED = "named"
    PLAIN = "plain"


class SiteTerms(StrEnum):
    """What a site's terms of use say of being read by programs, as whoever asks for the mandate found."""

    UNREAD = "terms_unread"
    PERMIT = "terms_permit"
    SILENT = "terms_silent"
    FORBID = "terms_forbid"


class Conduct(Model):
    """What a mandate says of it. As it stands here nothing departs from what a site asks for."""

    overrides_robots: bool = False
    """Whether addresses that the site's robots.txt excludes are read all the same."""
    user_agent: UserAgent = UserAgent.NAMED
    terms: SiteTerms = SiteTerms.UNREAD
    reason: str | None = None
    """Why what the site asks for is not followed; needed where it is not."""

    @property
    def departs(self) -> bool:
        """Whether something that the site asks for is not followed."""
        return self.overrides_robots or self.terms is SiteTerms.FORBID
