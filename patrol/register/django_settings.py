"""Django for the register alone: what a run, the projector and the command line need."""

from typing import Any

from patrol.register.database import QueueNeedsPostgres, database
from patrol.register.secrets import django_secret
from patrol.settings import Settings

PATROL = Settings()

SECRET_KEY = django_secret(PATROL)
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
AUTH_USER_MODEL = "register.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "patrol.register"]
DATABASES = {"default": database(PATROL).django()}
CACHES: dict[str, dict[str, Any]] = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "near")
}
"""`near` is each process's own, for what may be seconds old; `default` is one for all where pages are served."""
if PATROL.queue:
    if not PATROL.database_url:
        raise QueueNeedsPostgres
    INSTALLED_APPS.append("procrastinate.contrib.django")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
