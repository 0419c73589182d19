"""What a run, an engine, the index and the verifier report, with the places of their facts: the pages say it in two languages.

The words are written in `spiders/`, `patrol/search/` and `patrol/ledger/`, which know no page and no language. A sentence
that is not listed here is shown as it was written.
"""

from django.utils.translation import gettext_noop

REPORTS: tuple[str, ...] = (
    gettext_noop("{0} pages with {1} posts were read."),
    gettext_noop("{0} pages with {1} posts were read; {2} threads had not moved."),
    gettext_noop("{0} pages with {1} posts were read; {2} addresses were refused."),
    gettext_noop(
        "{0} pages with {1} posts were read; {2} threads had not moved; {3} addresses were refused."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read; {2} further lists were left out (`list_pages`)."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read; {2} threads had not moved; {3} further lists were left out (`list_pages`)."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read; {2} further lists were left out (`list_pages`); {3} addresses were refused."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read; {2} threads had not moved; {3} further lists were left out (`list_pages`); {4} addresses were refused."
    ),
    gettext_noop("The budget of {0} pages was spent; {1} more were known."),
    gettext_noop("The deadline of {0} minutes passed."),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} addresses were refused."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} further lists were left out (`list_pages`)."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} further lists were left out (`list_pages`); {4} addresses were refused."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} threads had not moved."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} threads had not moved; {4} addresses were refused."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} threads had not moved; {4} further lists were left out (`list_pages`)."
    ),
    gettext_noop(
        "{0} pages with {1} posts were read, {2} of which had not changed since they were kept; {3} threads had not moved; {4} further lists were left out (`list_pages`); {5} addresses were refused."
    ),
    gettext_noop("The hours in which this source may be read are over."),
    gettext_noop("Somebody asked the run to stop."),
    gettext_noop("No authorization was in force when the run was due."),
    gettext_noop("The robots.txt excludes what was to be read ({0} addresses)."),
    gettext_noop("{0} rows were read; {1} are expected at least."),
    gettext_noop(
        "{0} rows were read; the last {1} good runs read {2} at least, and fewer than {3} are not believed."
    ),
    gettext_noop(
        "Nothing new came for {0} hours; at the same hours of each of {1} weeks before {2} posts came at least."
    ),
    gettext_noop("It is to be read every {0} minutes; no run has ended so far."),
    gettext_noop("It is read every {0} minutes, as its schedule says."),
    gettext_noop("It is read every minute, as its schedule says."),
    gettext_noop(
        "It is read every {0} minutes, as its schedule says: too little was seen of it so far to go by."
    ),
    gettext_noop(
        "{0} posts an hour were seen over {1} days, and a page of the board holds {2}: so it is read every {3} minutes, before a page is full."
    ),
    gettext_noop(
        "{0} posts an hour were seen over {1} days, and a page of the board holds {2}: it is read every {3} minutes, and its limits allow no more."
    ),
    gettext_noop(
        "{0} posts an hour were seen over {1} days, and a page of the board holds {2}: it is read every {3} minutes, and its limits allow no less."
    ),
    gettext_noop(
        "{0} posts an hour were seen over {1} days, and a page of the board holds {2}: it is read every {3} minutes, because its runs take half as long."
    ),
    gettext_noop("Its limits are {0} and {1} minutes."),
    gettext_noop(
        "It failed {0} times in a row: to spare the site it is tried again after {1} minutes only. One good run, and it is read as before. What is not read until then is a gap in its coverage."
    ),
    gettext_noop("It failed {0} times in a row."),
    gettext_noop("Only a run of fewer than {0} rows is suspiciously empty: no floor is learned."),
    gettext_noop(
        "{0} good runs of four weeks read {1} rows at least: a run of fewer than {2} is suspiciously empty."
    ),
    gettext_noop(
        "A run of fewer than {0} rows is suspiciously empty; too little was read so far to learn more ({1} good runs)."
    ),
    gettext_noop(
        "Nothing new came for {0} hours, although {1} posts at least came at the same hours of each week before."
    ),
    gettext_noop("Since {0}, {1} of 100 posts have no author; before, {2} of 100 had none."),
    gettext_noop("Since {0}, {1} of 100 posts have no date; before, {2} of 100 had none."),
    gettext_noop("Since {0}, {1} of 100 posts have no words; before, {2} of 100 had none."),
    gettext_noop(
        "Since {0}, its pages are read by `{1}` instead of `{2}`, which gave the same {3} of 100 times before and gives it {4} of 100 times now."
    ),
    gettext_noop(
        "The board may have changed its pages: compare its latest posts with what stands there. Propose selectors or another engine where something is missing; where nothing is, have it learned anew."
    ),
    gettext_noop(
        "It waits for a free place since {0}; {1} that were due earlier wait before it. Runs begin in the order in which they were due, each host asked by one at a time."
    ),
    gettext_noop("The run needed more memory, time or pages than it may."),
    gettext_noop("The board gives the same page for different addresses."),
    gettext_noop("No engine knows the software of this board."),
    gettext_noop(
        "The board asks for a declaration of age: it is made (`{0}`) only where the authorization names it."
    ),
    gettext_noop("The channel says that this does not exist."),
    gettext_noop(
        "Telegram shows no public preview of this: it asks to open its program, and Patrol never joins."
    ),
    gettext_noop("What stands here is not for everybody, or was only passed on."),
    gettext_noop("The instance shows this to its members only."),
    gettext_noop("The instance says that this does not exist."),
    gettext_noop("The instance answers somebody who asks less often."),
    gettext_noop("The instance answers its members only (`{0}`)."),
    gettext_noop("Bluesky answers this to members only."),
    gettext_noop("Bluesky shows nothing here to people without an account."),
    gettext_noop("The site answers its members only (`{0}`)."),
    gettext_noop("The site says that this does not exist."),
    gettext_noop("The shop asks for a password before it shows anything."),
    gettext_noop("The shop answers its members only (`{0}`)."),
    gettext_noop("The shop says that this does not exist."),
    gettext_noop("The document begins as a feed and cannot be read as one."),
    gettext_noop(
        "This page draws itself: start with the instance, `/public/local`, a tag or a status."
    ),
    gettext_noop("This page draws itself: start with the instance, a community or a post."),
    gettext_noop(
        "This page draws itself: start with a post, an account, or a feed or list named by its owner's `did`."
    ),
    gettext_noop("This page draws itself: start with a search, `/find/?q=...`."),
    gettext_noop(
        "This page holds no plurks that can be read: start with an account, a plurk, or `/Stats/`."
    ),
    gettext_noop("This page holds neither a search nor a product that can be read."),
    gettext_noop(
        "This page of the shop is not read: start with the shop, a collection or a product."
    ),
    gettext_noop(
        "This page of the shop is not read: start with the shop, a category or a product."
    ),
    gettext_noop("There is no authorization for this source."),
    gettext_noop("The authorization was revoked while the run went on."),
    gettext_noop("The authorization that this run began with was replaced by another."),
    gettext_noop("The authorization could not be read again in time."),
    gettext_noop("Authorization {0} was revoked."),
    gettext_noop("Authorization {0} is not approved."),
    gettext_noop("Authorization {0} is not valid yet."),
    gettext_noop("Authorization {0} has expired."),
    gettext_noop("The site asks for proof of a person or refuses us: {0}."),
    gettext_noop("The board reports a fault of its own: “{0}”."),
    gettext_noop("The board shows this page to members only: its message says “{0}”."),
    gettext_noop("The board asks to log in: `{0}`."),
    gettext_noop("The board says that this does not exist."),
    gettext_noop("The board shows this page to members only."),
    gettext_noop("There is nothing here, and the page says so."),
    gettext_noop(
        "This is a {0} of {1}, and none of the hooks of its rows is on it: the board's layout has changed."
    ),
    gettext_noop("{0} of {1} rows could not be read: {2}"),
    gettext_noop("{0} did not answer: {1}."),
    gettext_noop("{0} is no name of the public internet."),
    gettext_noop("{0} was answered past the proxy, by {1}."),
    gettext_noop("The page holds `{0}`."),
    gettext_noop("The page names its generator: `{0}`."),
    gettext_noop("The page's source says `{0}`."),
    gettext_noop("The document begins as a feed does: `{0}`."),
    gettext_noop("The document begins as {0} writes it: `{1}`."),
    gettext_noop("The page declares a `{0}` of schema.org."),
    gettext_noop("The board answers members only: it asks to log in (`{0}`)."),
    gettext_noop("The board answers certain members only (`{0}`)."),
    gettext_noop("The board answers somebody who asks less often (`{0}`)."),
    gettext_noop("The board answers nobody while it is read-only (`{0}`)."),
    gettext_noop("The board shows its login page instead."),
    gettext_noop("The list led to {0} pages, and no engine knows any of them."),
    gettext_noop("The response header `{0}` is this software's."),
    gettext_noop("The engine was named."),
    gettext_noop("All {0} records and {1} checkpoints hold."),
    gettext_noop("Records hold; without a key no signature was checked."),
    gettext_noop("Record {0} is the first that does not hold ({1}): {2}."),
    gettext_noop("Records hold; those that were remembered are pruned."),
    gettext_noop("The first {0} were pruned, as record {1} says."),
    gettext_noop("The last {0} records are under no signed checkpoint yet."),
    gettext_noop("Nothing was remembered: an end cut off before now is not seen."),
    gettext_noop("No judgement: {0}."),
    gettext_noop("Elasticsearch does not answer: {0}."),
    gettext_noop("Elasticsearch refuses the API key (status {0})."),
    gettext_noop("Elasticsearch says {0} (status {1})."),
    gettext_noop("Elasticsearch is too busy for {0} documents."),
    gettext_noop(
        "Patrol does not trust its certificate: look at PATROL_SEARCH_CA and PATROL_SEARCH_FINGERPRINT."
    ),
    gettext_noop("The index cannot be {0}: {1}."),
    gettext_noop(
        "Look at the disk. If it is well, run `patrol index rebuild`: the register holds everything."
    ),
)
