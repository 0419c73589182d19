"""An authorization, as its document states it."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrol.actions.collecting.mandates import LEAST_REASON
from patrol.models import Category, Conduct, Scope, SiteTerms, UserAgent
from patrol.register.log import MAX_REASON_LETTERS
from patrol.web.dates import begin_of, end_of
from patrol.web.forms import ClosedForm, DayField
from patrol.web.words import LABELS


class MandateForm(ClosedForm):
    """An authorization, as its document states it."""

    basis = forms.CharField(
        max_length=300, label=_("Legal basis"), help_text=_("Statute and article.")
    )
    number = forms.CharField(max_length=100, label=_("Document number"))
    document_sha256 = forms.RegexField(
        regex=r"^[0-9a-f]{64}$",
        required=False,
        label=_("SHA-256 of the signed document"),
        error_messages={"invalid": _("64 digits and letters a to f.")},
        help_text=_("Ties this entry to that paper; the paper itself stays with you."),
    )
    hosts = forms.CharField(
        label=_("Hosts"), help_text=_("Exact host names, one a line. No wildcard."), max_length=2000
    )
    paths = forms.CharField(
        label=_("Path prefixes"), help_text=_("One a line; / is all of the host."), max_length=2000
    )
    https_only = forms.BooleanField(
        required=False,
        label=_("Over https only"),
        help_text=_("A redirect into the clear is refused too."),
    )
    query_allow = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Parameters with these values only"),
        help_text=_("One a line, f=7 or t=*: a name that stands here has no other value."),
    )
    query_deny = forms.CharField(
        required=False,
        max_length=2000,
        label=_("Parameters that are not covered"),
        help_text=_("One a line, such as sid; * is every one that is not allowed above."),
    )
    categories = forms.MultipleChoiceField(
        choices=[(word.value, word.value) for word in Category],
        label=_("Categories"),
        help_text=_("Rules of other categories do not run on this source."),
    )
    trial = forms.BooleanField(
        required=False,
        label=_("Trial: single looks only"),
        help_text=_("14 days at most; no run is begun under it."),
    )
    age_host = forms.CharField(
        max_length=255,
        required=False,
        label=_("Host to which an age is declared"),
        help_text=_("Its engine's one cookie is sent to this host, and nothing else to anybody."),
    )
    overrides_robots = forms.BooleanField(
        required=False,
        label=_("Read what its robots.txt excludes"),
        help_text=_("Say why below. Its Crawl-delay is kept all the same."),
    )
    user_agent = forms.ChoiceField(
        required=False,
        choices=[(word.value, LABELS[word]) for word in UserAgent],
        label=_("What a request says of who asks"),
    )
    terms = forms.ChoiceField(
        required=False,
        choices=[(word.value, LABELS[word]) for word in SiteTerms],
        label=_("The site's terms on programs"),
    )
    conduct_reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=MAX_REASON_LETTERS,
        required=False,
        label=_("Why what the site asks for is not followed"),
        help_text=_("Needed where its robots.txt or its terms give way. The approver weighs it."),
    )
    directed_at = forms.CharField(
        max_length=2000,
        required=False,
        label=_("Directed at these contacts or authors"),
        help_text=_(
            "One a line, as the document names them: only then may queries follow them. Empty is general patrol."
        ),
    )
    valid_from = DayField(label=_("In force from"), help_text=_("2026-11-22 or 115/11/22"))
    valid_until = DayField(label=_("Last day in force"), help_text=_("90 days at most."))

    def clean_hosts(self) -> tuple[str, ...]:
        """One a line, lower case."""
        hosts = tuple(self.cleaned_data["hosts"].lower().split())
        for host in hosts:
            if not re.fullmatch(r"[a-z0-9.-]+(:\d{1,5})?", host):
                raise forms.ValidationError(
                    _("%(host)s is no host name. Write it without https:// and without a path."),
                    params={"host": host},
                )
        return hosts

    def clean_paths(self) -> tuple[str, ...]:
        """One a line."""
        paths = tuple(self.cleaned_data["paths"].split())
        if not all(path.startswith("/") for path in paths):
            raise forms.ValidationError(_("A path begins with /."))
        return paths

    def mandate(self) -> dict[str, Any]:
        """What `mandates.request` wants."""
        cleaned = self.cleaned_data
        return {
            "basis": cleaned["basis"],
            "number": cleaned["number"],
            "document_sha256": cleaned["document_sha256"] or None,
            "scope": Scope(
                hosts=cleaned["hosts"],
                paths=cleaned["paths"],
                https_only=cleaned["https_only"],
                query_allow=tuple(cleaned["query_allow"].split()),
                query_deny=tuple(cleaned["query_deny"].split()),
            ),
            "categories": [Category(word) for word in cleaned["categories"]],
            "valid_from": begin_of(cleaned["valid_from"]),
            "valid_until": end_of(cleaned["valid_until"]),
            "trial": cleaned["trial"],
            "age_host": cleaned["age_host"].lower() or None,
            "conduct": Conduct(
                overrides_robots=cleaned["overrides_robots"],
                user_agent=UserAgent(cleaned["user_agent"] or UserAgent.NAMED),
                terms=SiteTerms(cleaned["terms"] or SiteTerms.UNREAD),
                reason=cleaned["conduct_reason"] or None,
            ),
            "directed_at": tuple(cleaned["directed_at"].splitlines()),
        }
