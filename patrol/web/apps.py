"""Django's name for this room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The workbench."""

    name = "patrol.web"
    label = "web"
