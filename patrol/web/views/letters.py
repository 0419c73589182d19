"""What the index refused for good, without a word of it; told again one by one, or all at once."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from patrol.actions.maintaining import indexing
from patrol.models import Permission
from patrol.web.access import page
from patrol.web.notice_forms import LetterForm
from patrol.web.request import Request


@page(Permission.SYSTEM_OPERATE, shows=True, methods=("GET", "HEAD", "POST"))
def letters(request: Request) -> HttpResponse:
    """Each with its reason, and a button."""
    if request.method == "POST":
        document = LetterForm.checked(request.POST).cleaned_data["document"]
        indexing.replay(request.desk, document or None)
        return redirect("letters")
    return render(request, "letters.html", {"letters": indexing.refused(request.desk)})
