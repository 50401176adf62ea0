"""What intake is measured against: Django without any middleware, and the least of views."""

import environ
from django.conf import settings

settings.configure(
    SECRET_KEY="used for measuring only",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="tests.bench.row",
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    DATABASES={"default": {**environ.Env().db_url("DATABASE_URL"), "CONN_MAX_AGE": 60}},
    DATA_UPLOAD_MAX_NUMBER_FILES=200,
    USE_TZ=True,
)

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()
