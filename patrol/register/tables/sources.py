"""Sources, their authorizations, their runs, and how far each was read."""

from django.db import models
from django.db.models import F, Q

from patrol.models import BroughtAs, Outcome, SiteTerms, UserAgent
from patrol.register.tables.choices import word
from patrol.register.tables.people import Person, Unit
from patrol.register.tables.retention import RetentionUnit


class SourceRow(models.Model):
    """A `patrol.models.Source` as JSON, with its version and its owner."""

    name = models.CharField(max_length=63, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="sources")
    version = models.PositiveIntegerField(default=1)
    body = models.JSONField()
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True, db_index=True)
    """When the clock starts the next run; None waits for an authorization."""
    detected_engine = models.CharField(max_length=63, null=True)
    detected_by = models.CharField(max_length=200, null=True)
    """The evidence that decided the engine."""
    health = models.JSONField(null=True)
    """A `patrol.models.Health`, written when a run ends: how often it is read and why, its learned floor, its failures."""
    learned_since = models.DateTimeField(null=True)
    """What runs read before is not compared with: it was read differently, or somebody said that it is right as it is."""
    created_at = models.DateTimeField(auto_now_add=True)


class AuthorizationRow(models.Model):
    """A mandate to read one source. Approved by another person than the one who asked, or not in force."""

    source = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="authorizations")
    basis = models.CharField(max_length=300)
    number = models.CharField(max_length=100)
    document_sha256 = models.CharField(max_length=64, null=True)
    hosts = models.JSONField()
    paths = models.JSONField()
    https_only = models.BooleanField(default=False)
    query_allow = models.JSONField(default=list)
    query_deny = models.JSONField(default=list)
    """Patterns of parameters, as `patrol.models.Scope` has them."""
    categories = models.JSONField()
    directed = models.BooleanField(default=False)
    directed_tags = models.JSONField(default=list)
    """Of each contact or author whom a directed mandate names, the keyed tags under which they may stand."""
    directed_unit = models.ForeignKey(
        RetentionUnit, null=True, on_delete=models.PROTECT, related_name="+"
    )
    directed_names = models.BinaryField(null=True)
    """The same as the document names them, one a line, encrypted."""
    trial = models.BooleanField(default=False)
    """It covers single looks only: no run is begun under it."""
    age_host = models.CharField(max_length=255, null=True)
    age_cookie = models.CharField(max_length=81, null=True)
    """The one cookie that declares an age, and the one host that gets it; null declares nothing."""
    overrides_robots = models.BooleanField(default=False)
    """What the site's robots.txt excludes is read all the same."""
    user_agent = word(UserAgent, default=UserAgent.NAMED)
    terms = word(SiteTerms, default=SiteTerms.UNREAD)
    conduct_reason = models.CharField(max_length=500, null=True)
    """Why what the site asks for is not followed; null where it is."""
    emergency = models.BooleanField(default=False)
    """Break-glass: one person's for 24 hours, with auditors told."""
    config_sha256 = models.CharField(max_length=64, null=True)
    """Of the mandate and the source's configuration as they were approved; it binds nothing else."""
    requester = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    approver = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="authorization_by_two_persons",
                condition=Q(approver__isnull=True) | ~Q(approver=F("requester")),
            ),
            models.CheckConstraint(
                name="authorization_ends_after_it_begins",
                condition=Q(valid_until__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="authorization_declares_to_one_host",
                condition=Q(age_host__isnull=True, age_cookie__isnull=True)
                | Q(age_host__isnull=False, age_cookie__isnull=False),
            ),
            models.CheckConstraint(
                name="authorization_departs_for_a_reason",
                condition=Q(conduct_reason__isnull=False)
                | (Q(overrides_robots=False) & ~Q(terms=SiteTerms.FORBID.value)),
            ),
            models.CheckConstraint(
                name="authorization_of_one_person_keeps_robots",
                condition=Q(emergency=False) | Q(overrides_robots=False),
            ),
        ]


class RunRow(models.Model):
    """One reading of a source; ends in exactly one outcome. A row without `begun_at` waits for the clock."""

    source = models.ForeignKey(SourceRow, on_delete=models.PROTECT, related_name="runs")
    authorization = models.ForeignKey(
        AuthorizationRow, null=True, on_delete=models.PROTECT, related_name="runs"
    )
    due_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    every_minutes = models.PositiveIntegerField(null=True)
    """What the source's schedule promised when the run began; runs that never began have none."""
    begun_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    """Last sign of life; a run whose process died is ended as `crashed`."""
    ended_at = models.DateTimeField(null=True)
    stop_asked_at = models.DateTimeField(null=True)
    outcome = word(Outcome, null=True)
    detail = models.CharField(max_length=500, default="", blank=True)
    """What made the outcome, in one English sentence without collected text."""
    pages = models.PositiveIntegerField(default=0)
    posts = models.PositiveIntegerField(default=0)
    """Posts read, known ones included."""
    posts_new = models.PositiveIntegerField(default=0)
    sightings = models.PositiveIntegerField(default=0)
    leads = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    requests_refused = models.PositiveIntegerField(default=0)
    media_cut = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    """Pages of which the site said that they had not changed since they were kept. They are among the pages."""
    rows = models.PositiveIntegerField(null=True)
    """Rows that were seen: threads on lists, and posts; null where a run ended before it could count them, or a page had not changed."""
    page_rows = models.PositiveIntegerField(null=True)
    """Most rows of one page of a list or a feed."""
    found = models.JSONField(null=True)
    """A `patrol.models.Found`: what the engine found and by which hook; null where no post was read."""
    overran = models.BooleanField(default=False)
    """Whether nothing that it saw had been known before, as far as it may follow: older posts were out of its sight."""
    lost_posts = models.PositiveIntegerField(null=True)
    """About how many posts since the good reading before are lost for good; null where it reached what was known."""
    brought_as = word(BroughtAs, null=True)
    """In what shape a person brought its posts by hand: nobody asked the site, and coverage does not count it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="run_once_per_due", fields=["source", "due_at"])
        ]
        indexes = [models.Index(fields=["source", "-due_at"])]


class StopMark(models.Model):
    """How far a thread was read: the state that its list showed. Written only in the transaction that ends a run green, or stopped by its budget."""

    source = models.ForeignKey(SourceRow, on_delete=models.CASCADE, related_name="stop_marks")
    key = models.CharField(max_length=300)
    state = models.CharField(max_length=300)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="stop_mark_per_thread", fields=["source", "key"])
        ]


class PageValidator(models.Model):
    """By what a site tells that a page is as it was when it was kept whole, for a day at most. Moves as the stop marks do."""

    source = models.ForeignKey(SourceRow, on_delete=models.CASCADE, related_name="validators")
    url = models.CharField(max_length=500)
    body = models.JSONField()
    """A `patrol.models.Validator`: marks that the site set, and where the page led. None of its words."""
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="validator_per_page", fields=["source", "url"])]


class CoverageDay(models.Model):
    """What came of a source's runs on one day that is over, as `dashboards.coverage` counted it. Made anew from the runs at any time."""

    source = models.ForeignKey(SourceRow, on_delete=models.CASCADE, related_name="+")
    day = models.CharField(max_length=10)
    """As written, `2026-11-22`, of Asia/Taipei."""
    known = models.BooleanField()
    runs = models.PositiveIntegerField()
    outcomes = models.CharField(max_length=400)
    """Each outcome and how often: `ok 20,network 3`."""
    pages = models.PositiveIntegerField()
    posts = models.PositiveIntegerField()
    posts_new = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    refusing = models.PositiveIntegerField()
    unseen_hours = models.FloatField()
    due_hours = models.FloatField()
    last_good_at = models.DateTimeField(null=True)
    """When the last good reading before the day's end had ended."""
    promised_minutes = models.PositiveIntegerField(null=True)
    """What the schedule promised then."""

    class Meta:
        constraints = [
            models.UniqueConstraint(name="coverage_once_per_day", fields=["source", "day"])
        ]
