"""Numbers for monitors, in the text format of Prometheus: requests of this machine, and what waits."""

import hmac
import time
from collections.abc import Callable, Iterator
from http import HTTPMethod

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db.models import Count, Min
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from surveys import alerts, jobs
from surveys.models import Alert, Job, TrailEntry, WebhookDelivery

METHODS = frozenset(HTTPMethod)  # a word of the asker's own would be counted, and kept, for ever
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.3, 1, 3, 10)
REQUESTS = Histogram(
    "five_standards_request_seconds",
    "How long requests took, by page, method and answer.",
    ("page", "method", "status"),
    buckets=SECONDS,
)


class Measure:
    """Counts requests and their time, where somebody reads the numbers (`METRICS_TOKEN`)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.METRICS_TOKEN:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        page = match.view_name if match else "none"  # a name, never an address with its ids
        method = str(request.method) if request.method in METHODS else "other"
        seconds = time.perf_counter() - began
        REQUESTS.labels(page, method, f"{response.status_code}").observe(seconds)
        return response


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """For who has `METRICS_TOKEN`; without one there is no such page."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    ):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_House())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _House:
    """What waits in the database, counted when somebody asks; the same from every machine."""

    def collect(self) -> Iterator[Metric]:
        yield from _jobs()
        yield _one("trail_unsealed", "Entries of the trail without a seal.", _unsealed())
        yield _one("webhook_messages_due", "Messages to other servers that wait.", _messages())
        yield _one("alerts", "Things that need a person.", Alert.objects.standing().count())
        beat = alerts.last_beat()
        if beat is not None:
            age = (timezone.now() - beat).total_seconds()
            yield _one("clock_age_seconds", "Since the clock was last alive.", age)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"five_standards_{name}", meaning, value=value)


def _jobs() -> Iterator[Metric]:
    unfinished = Job.objects.filter(state__in=jobs.UNFINISHED)
    by_state = GaugeMetricFamily(
        "five_standards_jobs", "Jobs that have not ended.", labels=("state",)
    )
    for state, count in unfinished.values_list("state").annotate(n=Count("pk")).order_by():
        by_state.add_metric((state,), count)
    yield by_state
    oldest = unfinished.aggregate(oldest=Min("created_at"))["oldest"]
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    yield _one("oldest_job_seconds", "Age of the oldest job that has not ended.", age)


def _unsealed() -> int:
    return TrailEntry.objects.filter(seal=None).count()


def _messages() -> int:
    waiting = WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING)
    return waiting.filter(webhook__is_active=True, due_at__lte=timezone.now()).count()
