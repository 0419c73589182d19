"""Which language a page speaks and how it counts years: as the person chose, or the browser before sign-in."""

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from patrol.register.tables import Person
from patrol.web.dates import count_years


class LanguageMiddleware(LocaleMiddleware):
    """Django's, and the language kept per person."""

    def process_request(self, request: HttpRequest) -> None:
        """Activate it."""
        super().process_request(request)
        person = request.user
        count_years(republic=isinstance(person, Person) and person.counts_republic)
        if isinstance(person, Person) and person.language in dict(settings.LANGUAGES):
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
