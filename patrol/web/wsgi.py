"""The workbench as a WSGI application: a look's record is written before the first byte leaves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "patrol.web.django_settings")

from django.core.wsgi import get_wsgi_application

from patrol.web.warm import warm

application = get_wsgi_application()
warm()
