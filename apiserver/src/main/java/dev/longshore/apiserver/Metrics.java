package dev.longshore.apiserver;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// Counts and times requests, for `/metrics`. A request costs one look-up and a few additions. What clients
/// choose freely (names of resources that do not exist, paths, verbs) makes no new series.
final class Metrics {

    private static final double[] SECONDS = {
        0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60
    };
    private static final double[] BYTES = {1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    private static final double NANOS = 1e9;

    /// Verbs of authorization whose names in metrics are others than they in capitals.
    private static final Map<String, String> VERBS = Map.of("create", "POST", "update", "PUT");

    private static final Set<String> KNOWN_VERBS =
            Set.of("GET", "LIST", "WATCH", "POST", "PUT", "PATCH", "APPLY", "DELETE", "DELETECOLLECTION", "CONNECT");
    private static final Set<String> READING = Set.of("GET", "LIST", "WATCH", "HEAD", "OPTIONS");
    private static final List<String> PATHS = List.of(
            "/healthz", "/livez", "/readyz", "/metrics", "/version", "/openapi/v2", "/openapi/v3", "/apis", "/api");

    private final Time time;
    private final Map<Series, Measures> requests = new ConcurrentHashMap<>();
    private final List<Supplier<List<MetricFamily>>> others = new CopyOnWriteArrayList<>();
    private final LongAdder reading = new LongAdder();
    private final LongAdder changing = new LongAdder();

    Metrics(Time time) {
        this.time = time;
    }

    /// What requests are counted apart by.
    ///
    /// @param scope `resource` (one object), `namespace`, `cluster`, or empty
    record Series(
            String verb,
            String group,
            String version,
            String resource,
            String subresource,
            String scope,
            boolean isDryRun) {

        String labels() {
            return MetricsText.labels(
                    "component", "apiserver",
                    "dry_run", isDryRun ? "All" : "",
                    "group", group,
                    "resource", resource,
                    "scope", scope,
                    "subresource", subresource,
                    "verb", verb,
                    "version", version);
        }
    }

    /// Of one series.
    private static final class Measures {
        final Map<Integer, LongAdder> byCode = new ConcurrentHashMap<>();
        final Histogram seconds = new Histogram(SECONDS);
        final Histogram bytes = new Histogram(BYTES);
        final LongAdder running = new LongAdder();

        void answered(int code, long nanos) {
            byCode.computeIfAbsent(code, unseen -> new LongAdder()).increment();
            seconds.add(nanos / NANOS);
        }
    }

    /// Measures one request, from its beginning to the end of its answer.
    final class Measurement {
        private final Measures measures;
        private final LongAdder kind;
        private final long begun = time.nanoTime();

        private Measurement(Series series) {
            measures = requests.computeIfAbsent(series, unseen -> new Measures());
            kind = READING.contains(series.verb) ? reading : changing;
            kind.increment();
        }

        /// The request has `response`; what is returned measures a stream while it is written.
        Response answered(Response response) {
            kind.decrement();
            return switch (response) {
                case Response.Full full -> {
                    measures.answered(full.status(), time.nanoTime() - begun);
                    measures.bytes.add(full.body().length);
                    yield full;
                }
                case Response.Stream stream ->
                    new Response.Stream(stream.status(), stream.headers(), out -> {
                        measures.running.increment();
                        try {
                            stream.body().writeTo(out);
                        } finally {
                            measures.running.decrement();
                            measures.answered(stream.status(), time.nanoTime() - begun);
                        }
                    });
                case Response.Hijack _, Response.WebSocketUpgrade _, Response.SpdyUpgrade _ -> {
                    measures.answered(response.status(), time.nanoTime() - begun);
                    yield response;
                }
            };
        }

        /// The request failed without an answer.
        void failed() {
            kind.decrement();
            measures.answered(500, time.nanoTime() - begun);
        }
    }

    /// A request begins.
    ///
    /// @param definition of the resource that it is about, if there is such a one
    Measurement begin(Request request, RequestInfo info, Optional<ResourceDefinition> definition) {
        boolean isDryRun = request.query().first("dryRun").isPresent();
        boolean isApply = info.verb().equals("patch") && Applies.isApply(request);
        return new Measurement(series(info, definition, isDryRun, isApply));
    }

    private static Series series(
            RequestInfo info, Optional<ResourceDefinition> definition, boolean isDryRun, boolean isApply) {
        String verb =
                isApply ? "APPLY" : VERBS.getOrDefault(info.verb(), info.verb().toUpperCase(Locale.ROOT));
        String known = KNOWN_VERBS.contains(verb) ? verb : "OTHER";
        if (definition.isEmpty()) {
            return new Series(known, "", "", "", path(info), "", false);
        }
        boolean hasSub = definition.get().subresource(info.subresource()).isPresent();
        String scope = !info.name().isEmpty() || verb.equals("POST")
                ? "resource"
                : info.namespace().isEmpty() ? "cluster" : "namespace";
        return new Series(
                known,
                info.group(),
                info.version(),
                // Of what is open to any name, names are the clients' choice.
                definition.get().names().plural(),
                hasSub ? info.subresource() : "",
                scope,
                isDryRun);
    }

    private static String path(RequestInfo info) {
        return info.isResource()
                ? ""
                : PATHS.stream()
                        .filter(path -> info.path().equals(path) || info.path().startsWith(path + "/"))
                        .findFirst()
                        .orElse("");
    }

    /// Prints what others measure, too.
    void also(Supplier<List<MetricFamily>> families) {
        others.add(families);
    }

    void print(MetricsText text) {
        var sorted = new TreeMap<String, Measures>();
        requests.forEach((series, measures) -> sorted.put(series.labels(), measures));
        text.family("apiserver_request_total", "counter", "Requests answered, by what they were about and the status.");
        sorted.forEach((labels, measures) -> new TreeMap<>(measures.byCode)
                .forEach((code, count) ->
                        text.sample("apiserver_request_total", "code=\"" + code + "\"," + labels, count.sum())));
        text.family("apiserver_request_duration_seconds", "histogram", "How long answers took.");
        sorted.forEach(
                (labels, measures) -> text.histogram("apiserver_request_duration_seconds", labels, measures.seconds));
        text.family("apiserver_response_sizes", "histogram", "How large answers were, in bytes.");
        sorted.forEach((labels, measures) -> text.histogram("apiserver_response_sizes", labels, measures.bytes));
        text.family("apiserver_longrunning_requests", "gauge", "Watches, logs and the like that go on now.");
        sorted.forEach((labels, measures) -> {
            if (measures.running.sum() != 0) {
                text.sample("apiserver_longrunning_requests", labels, measures.running.sum());
            }
        });
        text.family("apiserver_current_inflight_requests", "gauge", "Requests that are worked on now.");
        text.sample("apiserver_current_inflight_requests", "request_kind=\"mutating\"", changing.sum());
        text.sample("apiserver_current_inflight_requests", "request_kind=\"readOnly\"", reading.sum());
        others.forEach(families -> families.get().forEach(text::family));
    }
}
