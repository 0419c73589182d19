"""Errors are raised in English, with facts in them; here they are said in the reader's language.

A sentence without facts is looked up as it stands. One with facts is
recognised by its pattern, and the facts are set into the translation. A test
reads the rooms below and names every sentence that is missing.
"""

import re
from functools import cache

from django.utils.translation import gettext, gettext_noop

from patrol.web.looks import LOOKS
from patrol.web.query_sentences import QUERY_SAYS
from patrol.web.reports import REPORTS
from patrol.web.rule_sentences import FOUND

PATTERNS: tuple[str, ...] = (
    gettext_noop("A token lasts 1 to {0} days."),
    gettext_noop("You have {0} tokens that work."),
    gettext_noop("The checkpoint of {0} records has no stamp."),
    gettext_noop("This token may not ask for `{0}`."),
    gettext_noop("There is no turn {0} to take back."),
    gettext_noop("The index has not refused `{0}`."),
    gettext_noop("PATROL_SEARCH_KEY_FILE cannot be read: {0}."),
    gettext_noop("No notice is made of `{0}` with the link `{1}`."),
    gettext_noop("The referral of lead {0} changed while you were filling it in."),
    gettext_noop("Use an address of {0}."),
    gettext_noop("Say it in {0} to {1} letters."),
    gettext_noop("`{0}` is no pattern of a parameter."),
    gettext_noop("Lead {0} is not referred to help."),
    gettext_noop("There is no hand-off {0} here."),
    gettext_noop("Lead {0} has no sealed image address."),
    gettext_noop("There is no request {0} here that waits."),
    gettext_noop("Nobody has allowed you to read the image addresses of lead {0}."),
    gettext_noop("This case has {0} leads; one bundle holds {1}."),
    gettext_noop("The age would be declared to {0}, which the authorization does not name."),
    gettext_noop("The look could not be carried out: {0}."),
    gettext_noop("There is a source `{0}` already."),
    gettext_noop("`{0}` cannot be a source: {1}"),
    gettext_noop("{0} is being read at this moment."),
    gettext_noop("{0} is not read: a run would end as `{1}`."),
    gettext_noop("there is no file `{0}`."),
    gettext_noop("there is no page of {0} to look at."),
    gettext_noop("It does not cover {0}, where reading that source begins."),
    gettext_noop("Lead {0} changed while you were reading it.{1}"),
    gettext_noop("Name one of those that hit: {0}."),
    gettext_noop("Name one with --unit: {0}."),
    gettext_noop("Make room on the disk of {0}: with {1} MB free, work goes on by itself."),
    gettext_noop("No act and no look is allowed without its record. The register says: {0}"),
    gettext_noop("PATROL_SEARCH_CA is no file of certificates: {0}."),
    gettext_noop("Record {0} is under no signed checkpoint yet."),
    gettext_noop("Record {0} of the access log cannot be read."),
    gettext_noop("The access log keeps reasons of at most {0} letters."),
    gettext_noop("Searching has been unavailable since {0}."),
    gettext_noop("The account `{0}` is taken."),
    gettext_noop("The account `{0}` is closed."),
    gettext_noop("The account `{0}` cannot be changed like that."),
    gettext_noop("This role and that of `{0}` exclude each other."),
    gettext_noop("Nobody else has the role `{0}`."),
    gettext_noop("The authorization would last more than {0} days."),
    gettext_noop("The form's field `{0}` cannot be read."),
    gettext_noop("The reason has {0} letters."),
    gettext_noop("The register lacks {0} migrations."),
    gettext_noop("The role `{0}` does not have it: duties are kept apart on purpose."),
    gettext_noop("The words of retention unit {0} are gone."),
    gettext_noop("Their key was destroyed at {0}, as their retention demands."),
    gettext_noop("There is no account `{0}`."),
    gettext_noop("There is no authorization {0} in your unit."),
    gettext_noop("There is no lead {0} here."),
    gettext_noop("There is no campaign {0} here."),
    gettext_noop("There is no case {0} here."),
    gettext_noop("Lead {0} cannot be moved like this."),
    gettext_noop("Case {0} is not as you saw it."),
    gettext_noop("`{0}` works on no case here."),
    gettext_noop("There is no selection {0} here."),
    gettext_noop("There is no second review {0} for you."),
    gettext_noop("You have opened lead {0} since it was decided."),
    gettext_noop("Lead {0} has no sighting {1}."),
    gettext_noop("Lead {0} has no such contact."),
    gettext_noop("{0} decisions are there to learn from, {1} of them relevant."),
    gettext_noop("An order is learned from {0} decisions at least, with enough of both kinds."),
    gettext_noop("The words of lead {0} are gone."),
    gettext_noop("The list has {0} terms."),
    gettext_noop("Search for at most {0} at once."),
    gettext_noop("The words of record {0} are not kept."),
    gettext_noop("There is no query {0} here."),
    gettext_noop("`{0}` is one person's contact or name: a query that follows it is not kept."),
    gettext_noop("There is no source and no rule in force that is called `{0}`."),
    gettext_noop("A query needs a name of at most {0} letters."),
    gettext_noop("A query needs its purpose, in at most {0} letters."),
    gettext_noop("A query runs for {0} days at most."),
    gettext_noop("There is no view {0} here."),
    gettext_noop("Lead {0} is under a legal hold."),
    gettext_noop("Case {0} is under a legal hold."),
    gettext_noop("Source {0} is under a legal hold."),
    gettext_noop("Ask for hold {0} to be lifted, or leave it as it is."),
    gettext_noop("Hold {0} does not wait for that."),
    gettext_noop(
        "A request waits {0} days; one that was answered, or another unit's, waits no more."
    ),
    gettext_noop("Hold {0} is on it already."),
    gettext_noop("No backup {0} is known."),
    gettext_noop("What was written about case {0} is gone."),
    gettext_noop("More than {0} leads match."),
    gettext_noop("Selection {0} was decided on before."),
    gettext_noop("The view `{0}` shows the same."),
    gettext_noop("There is no record {0} in the access log."),
    gettext_noop("There is no source `{0}` in your unit."),
    gettext_noop("The machine says: {0}."),
    gettext_noop("This needs the permission `{0}`."),
    gettext_noop(
        "Try again in a moment. If it stays so, see that the disk of {0} is there, writable and not full, and run `patrol doctor`."
    ),
    gettext_noop("Words of retention unit {0} do not open."),
    gettext_noop("You saw version {0}; it is at version {1} now."),
    gettext_noop("Note {0} cannot be corrected like this."),
    gettext_noop("`{0}` cannot take this lead."),
    gettext_noop("`{0}` is no account name."),
    gettext_noop("{0} is reading lead {1}."),
    gettext_noop("`{0}` is no beginning of a path."),
    gettext_noop("`{0}` is no host name that can be enforced."),
    gettext_noop("Records of the last {0} years are not pruned."),
    gettext_noop("No signed checkpoint holds only records from before {0}."),
    gettext_noop("Record {0} is no request to prune that waits."),
    gettext_noop("A request waits {0} days; an older one, and one that was carried out, is none."),
    gettext_noop("The {0} has no checkpoint of {1} records or more."),
    gettext_noop("`{0}` is no place in the queue."),
    gettext_noop("`{0}` cannot be a rule's name here."),
    gettext_noop("Choose a name of at most {0} characters that does not end so."),
    gettext_noop("The register was changed by a newer version: {0}."),
    gettext_noop("There is no rule `{0}`."),
    gettext_noop("There is no version {0} of the rule `{1}`."),
    gettext_noop("Version {0} of `{1}` is {2}, not {3}."),
    gettext_noop("Version {0} of `{1}` says the same."),
    gettext_noop("The text of ordinary posts begins on {0}; {1} days go back further."),
    gettext_noop(
        "Unflagged words are kept for {0} days and then forgotten: a rule cannot be compared with them any more."
    ),
    gettext_noop("Ask for {0} days at most."),
    gettext_noop("The word list `{0}` is not approved yet."),
    gettext_noop("There is no comparison {0} here."),
    gettext_noop("A result belongs to who asked for it and is kept for {0} days."),
    gettext_noop("A word list needs its {0}."),
    gettext_noop("Give it with --{0}."),
    gettext_noop("There is no word list `{0}` that waits."),
    gettext_noop("`{0}` stands there twice."),
    gettext_noop("the word {0} is empty once it is folded."),
    gettext_noop("line {0}"),
    gettext_noop("`{0}` is a contact of somebody."),
    gettext_noop("Lead {0} is a possible victim's, and does not leave as evidence."),
    gettext_noop("There is no complete bundle of lead {0} yet."),
    gettext_noop("The last break-glass of this source, authorization {0}, was not judged yet."),
    gettext_noop("There is no break-glass {0} in your unit."),
    gettext_noop(
        "Break-glass needs {0} auditors who are told, other people than you, and there are {1}."
    ),
    gettext_noop("Privacy request {0} changed while you were reading it."),
    gettext_noop("There is no privacy request {0} here."),
    gettext_noop("Lead {0} is in a case."),
    gettext_noop("A legal hold keeps lead {0}."),
    gettext_noop("{0} cannot be written."),
)


@cache
def _recognisers() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns, those with the most words of their own first."""
    found = []
    for pattern in sorted(PATTERNS + REPORTS + LOOKS + FOUND + QUERY_SAYS, key=len, reverse=True):
        pieces = re.split(r"\{\d\}", pattern)
        found.append((re.compile("(.+?)".join(map(re.escape, pieces)), re.DOTALL), pattern))
    return tuple(found)


def said(sentence: str) -> str:
    """The sentence in the active language; as it is where no translation is known."""
    if not sentence:
        return ""
    translated = gettext(sentence)
    if translated != sentence:
        return translated
    for recogniser, pattern in _recognisers():
        facts = recogniser.fullmatch(sentence)
        if facts:
            return gettext(pattern).format(*facts.groups())
    return sentence
