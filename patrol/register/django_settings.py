"""Django for the register alone: what a run, the projector and the command line need."""

from patrol.errors import NotYet
from patrol.register.secrets import django_secret
from patrol.settings import Settings

PATROL = Settings()
if PATROL.database_url:
    raise NotYet("PATROL_DATABASE_URL", "PostgreSQL")

SECRET_KEY = django_secret(PATROL)
DEBUG = False
USE_TZ = True
TIME_ZONE = "UTC"
AUTH_USER_MODEL = "register.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "patrol.register"]
DATABASES = {
    "default": {
        "ENGINE": "patrol.register.sqlite",
        "NAME": str(PATROL.database_path),
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 5},
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
