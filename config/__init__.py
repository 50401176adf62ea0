"""How the project is put together: settings, addresses, the queue, the web server's entry."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
