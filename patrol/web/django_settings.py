"""Django for the workbench: the register, sign-in, sessions, pages."""

from csp.constants import NONE, SELF

from patrol.register.django_settings import *  # noqa: F403
from patrol.register.django_settings import CACHES, PATROL
from patrol.register.django_settings import INSTALLED_APPS as REGISTER_APPS
from patrol.web.organisation_settings import require_whole

ROOT_URLCONF = "patrol.web.urls"
WSGI_APPLICATION = "patrol.web.wsgi.application"
ALLOWED_HOSTS = list(PATROL.public_hosts)
INSTALLED_APPS = [
    *REGISTER_APPS,
    "patrol.web",  # before allauth: its templates are ours
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
]
MIDDLEWARE = [
    "patrol.web.forwarded.Forwarded",  # first: whoever comes after it asks where a request comes from
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "patrol.web.assets.PressedPages",
    "patrol.web.assets.Assets",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "patrol.web.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "patrol.web.door.Door",
    "patrol.web.forgery.ForgeryMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "patrol.web.shell.shell",
            ],
        },
    }
]

# What several processes that serve pages must count together, and what each may keep by itself for seconds.
CACHES = {
    **CACHES,
    "default": {
        "BACKEND": "patrol.web.shared.SharedCache",
        "LOCATION": PATROL.home / "shared",
    },
}

# Sign-in. Nobody signs up, and nobody resets a password by mail: an administrator issues a link.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "patrol.web.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "account"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_FORMS = {"login": "patrol.web.forms.SignInForm"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_RATE_LIMITS = {
    "login": "",  # the page; what is guessed on it is counted as it fails
    "login_failed": "10/m/ip,5/5m/key,15/h/key,50/d/key",
    "organisation": "120/m/ip",  # to the provider and back, in three requests
}
"""A unit signs in from one address: `ip` and `key` are a browser's own where it is known (`AccountAdapter`)."""
SOCIALACCOUNT_ADAPTER = "patrol.web.adapters.OrganisationAdapter"
require_whole(PATROL)
MFA_ADAPTER = "patrol.web.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "60/m/ip"}
"""There is nothing to guess; a unit signs in from one address."""
MFA_TOTP_ISSUER = "Patrol"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Sessions and cookies. `__Host-` cookies need HTTPS; on plain loopback they have their plain names.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = PATROL.https
SESSION_COOKIE_NAME = "__Host-patrol" if PATROL.https else "patrol"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = PATROL.https
CSRF_COOKIE_NAME = "__Host-patrol-form" if PATROL.https else "patrol-form"
CSRF_FAILURE_VIEW = "patrol.web.faults.forged"
if PATROL.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
IDLE_SECONDS = 15 * 60
"""A session that asks for nothing so long is ended."""

# What a browser may do with a page. `img-src 'none'` makes "never an image" a rule the browser keeps.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [NONE],
        "media-src": [NONE],
        "font-src": [SELF],
        "frame-src": [NONE],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 150
"""The largest form is a page of the queue with every row ticked."""
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
"""A list of terms to search for is the only file that anybody sends. It never touches the disk."""
FILE_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
"""A larger one is not taken at all."""

# Our own files, and nobody else's.
STATIC_URL = "/static/"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.InMemoryStorage"
    },  # nothing is uploaded to it
    "staticfiles": {"BACKEND": "patrol.web.assets.NamedByContent"},
}

LANGUAGE_CODE = "zh-hant"
LANGUAGES = [("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "patrol-language"
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PATROL.https
USE_I18N = True
