"""Django's name for this room."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    """The register."""

    name = "patrol.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
