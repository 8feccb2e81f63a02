"""Django's settings; what may differ from place to place is read in `place.py`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from needlepoint.clinic.server.keeping import keys
from needlepoint.clinic.server.logs import LOGGING  # noqa: F401 (Django reads it here)
from needlepoint.clinic.server.place import DAY_SECONDS, PLACE, database
from needlepoint.clinic.server.post import POST
from needlepoint.evidence.languages import every_language, first_language

ROOM = Path(__file__).resolve().parents[1]
KEYS = keys.read(PLACE.key_file)

SECRET_KEY = KEYS.signing
PHOTO_KEY = KEYS.photos
PHOTO_FOLDER = PLACE.folder / "photos"
# What the clinic's own clock goes by; see practice/views/door/clock.py.
CLOCK_FILE = PLACE.folder / "clock.json"
EXAMPLE_PRACTICE = PLACE.example
DEBUG = False
ALLOWED_HOSTS = list(PLACE.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "needlepoint.clinic",
]
MIDDLEWARE = [
    # Before everything else: what is too long is refused before anybody reads it.
    "needlepoint.clinic.server.door.uploads.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "needlepoint.clinic.server.middleware.KeptPolicy",
    "needlepoint.clinic.server.middleware.no_store",
    "needlepoint.clinic.server.door.session_cookie.KeptCookie",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "needlepoint.clinic.server.door.device_seal.DeviceSeal",
    "needlepoint.clinic.server.middleware.IdleSignOut",
    "needlepoint.clinic.server.middleware.Doorkeeper",
]
ROOT_URLCONF = "needlepoint.clinic.server.urls"
WSGI_APPLICATION = "needlepoint.clinic.server.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "NAME": "parts",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {
            "environment": "needlepoint.clinic.templatetags.parts.environment",
            # For the pages of signing in, which their library shows; our own views hand over what a page needs.
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "needlepoint.clinic.practice.views.door.surroundings.surroundings",
            ],
        },
    },
    # None of our pages: only what the library of signing in ships itself, the words of its mails and messages and the
    # file of recovery codes.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
DATABASES = {"default": database(PLACE, KEYS.database)}
# An example is thrown away: its tables are made at once as they are now, without the history of how they became so.
EXAMPLE_APPS = ("account", "auth", "clinic", "contenttypes", "mfa", "sessions")
MIGRATION_MODULES = dict.fromkeys(EXAMPLE_APPS) if PLACE.example else {}
# Tries to sign in are counted here, together for all processes of the server.
CACHES = {
    "default": {
        "BACKEND": "needlepoint.clinic.server.door.shared_cache.SharedCache",
        "LOCATION": "needlepoint_cache",
    }
}

# Sign-in: django-allauth with a second factor; Argon2 for the password.
AUTH_USER_MODEL = "clinic.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "needlepoint.clinic.server.door.sign_in.StaffOnly"
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/login/"
ACCOUNT_SESSION_REMEMBER = False
# A member is told of every change of a credential; a stranger who asks about an unknown address is sent nothing.
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Guesses at one member are counted in door/guesses.py; here those that come from one network.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip"}
# How many web servers stand in front: with none, the header that names the caller could be anybody's invention.
ALLAUTH_TRUSTED_PROXY_COUNT = PLACE.proxies
MFA_ADAPTER = "needlepoint.clinic.server.door.sign_in.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PLACE.https
MFA_TOTP_ISSUER = "Needlepoint"
SECOND_FACTOR_REQUIRED = PLACE.second_factor
IDLE_AFTER = timedelta(minutes=PLACE.idle_minutes)
LOGIN_URL = "/sign-in/login/"
LOGIN_REDIRECT_URL = "/"

# Messages: nothing leaves the house until a gateway is set.
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = POST.smtp_host, POST.smtp_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = POST.smtp_user, POST.smtp_password
EMAIL_USE_TLS, EMAIL_USE_SSL = POST.smtp_security == "starttls", POST.smtp_security == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = POST.sender
SMS_URL, SMS_TOKEN, HOOK_SECRET = POST.sms_url, POST.sms_token, POST.hook_secret
STAFF_ADDRESS, TRIAGE_SCALE = POST.staff_address, POST.triage_scale

SESSION_ENGINE = "needlepoint.clinic.server.door.sessions"
SESSION_COOKIE_AGE = DAY_SECONDS // 2
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PLACE.https
SECURE_HSTS_SECONDS = 365 * DAY_SECONDS if PLACE.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PLACE.https
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "needlepoint.clinic.server.door.refusals.stale_page"

# Everything a page needs comes from the clinic's own server.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A photo on its way in is never a plain file, not even for a moment.
FILE_UPLOAD_HANDLERS = ["needlepoint.clinic.server.door.uploads.InMemory"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = first_language()
# The staff's pages speak the language of the practice or of the member, the portal the patient's.
USE_I18N = True
LANGUAGES = [(each.code, each.name) for each in every_language() if each.on or each.code in PLACE.languages]
LOCALE_PATHS = [ROOM / "locale"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
