"""How the project is put together: settings, addresses, the queue, the web server's entry."""

import os

# Our matrices are small and our processes several: threads in numpy's would only wait for each other,
# 20 times as long as the sums take. Read when numpy is imported, so it comes first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.celery import app as celery_app

__all__ = ["celery_app"]
