"""Where traces go: to a collector, by OpenTelemetry's own protocol; its library is an optional extra."""

from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from rfp_service.version import VERSION
from shared.record.tracing import StepFacts, note_with
from shared.settings import NotConfigured, Settings

NAME = "rfp-service"
WITHOUT_LIBRARY = (
    "TRACES_TO needs OpenTelemetry, which is not installed: install from `tracing.lock` in place of"
    " `requirements.lock`."
)

KINDS = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}


class SpanStep:
    """A step as one span."""

    __slots__ = ("_span",)

    def __init__(self, span: Span) -> None:
        """Take a span that has begun."""
        self._span = span

    @property
    def traceparent(self) -> str:
        """Return what the next step names as where it comes from."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    def end(self, name: str, facts: StepFacts, *, failed: bool = False) -> None:
        """End the span."""
        self._span.update_name(name)
        self._span.set_attributes(facts)
        if failed:
            self._span.set_status(StatusCode.ERROR)
        self._span.end()


class SpanTracer:
    """Notes steps as spans."""

    def __init__(self, tracer: Tracer) -> None:
        """Begin them with this tracer."""
        self._tracer = tracer
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, parent: str, kind: str, began_ns: int) -> SpanStep:
        """Begin a span under another, or one that begins a trace."""
        # Under nothing but what it names: whatever else this task is doing is not where it comes from.
        context = self._propagator.extract({"traceparent": parent}, Context())
        return SpanStep(self._tracer.start_span(NAME, context, KINDS[kind], start_time=began_ns))


@contextmanager
def traces_sent(settings: Settings) -> Iterator[None]:
    """Send what this process does to the collector at `TRACES_TO`, and what is left at its end."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise NotConfigured(WITHOUT_LIBRARY) from None
    provider = TracerProvider(resource=Resource.create({"service.name": NAME, "service.version": VERSION}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.traces_to}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    note_with(SpanTracer(provider.get_tracer(NAME, VERSION)))
    try:
        yield
    finally:
        note_with(None)
        provider.shutdown()
