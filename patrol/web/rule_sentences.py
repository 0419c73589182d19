"""What is found out about rules, with the places of its facts: the pages say it in two languages.

The words are written in `pipelines/` and in `patrol/actions/rulemaking/remarks.py`. A sentence that is not listed here is shown as it
was written.
"""

from django.utils.translation import gettext_noop

FOUND: tuple[str, ...] = (
    gettext_noop("It hit {0} of {1} posts within 24 hours, more than {2} %."),
    gettext_noop("It hit {0} authors within two hours, and {1} in two hours of the days before."),
    gettext_noop("`{0}` does not flag this example.{1}"),
    gettext_noop("marked are {0} instead of {1}."),
    gettext_noop("`{0}` flags this example by {1}."),
    gettext_noop("Widen a term, `when` or `within`, or correct the example."),
    gettext_noop("Write `spans: [{0}]` if those are right, or correct the terms."),
    gettext_noop("Narrow a term, or say in `when` what must not stand beside it."),
    gettext_noop("The word `{0}` of the term `{1}` is one character: it stands in many posts."),
    gettext_noop(
        "It has fewer misses than hits among its examples: what it must not flag is what others will test."
    ),
    gettext_noop("Its exceptions end, and it does not."),
    gettext_noop("It names no false positives."),
    gettext_noop("Words of it stand in a word list already: {0}."),
    gettext_noop("It came with an installation of Patrol."),
    gettext_noop("It ended without a word."),
)
