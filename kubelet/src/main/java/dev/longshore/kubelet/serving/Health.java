package dev.longshore.kubelet.serving;

import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/// `/healthz` and its parts, as Kubernetes' components answer them, and what `/metrics/slis` tells of the answers.
/// Thread-safe.
final class Health {

    private static final Headers PLAIN =
            Headers.of("Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff");

    private final Map<String, Check> checks = new LinkedHashMap<>();

    private record Check(Supplier<Optional<String>> test, LongAdder successes, LongAdder failures, boolean[] last) {}

    /// @param syncLoop what is wrong with looking after pods; empty if nothing is
    Health(Supplier<Optional<String>> syncLoop) {
        add("ping", Optional::empty);
        add("log", Optional::empty);
        add("syncloop", syncLoop);
    }

    private void add(String name, Supplier<Optional<String>> test) {
        checks.put(name, new Check(test, new LongAdder(), new LongAdder(), new boolean[1]));
    }

    Response all(Query query) {
        List<String> excluded = query.all("exclude");
        var lines = new StringBuilder();
        var failed = new StringBuilder();
        checks.forEach((name, check) -> {
            if (excluded.contains(name)) {
                lines.append("[+]").append(name).append(" excluded: ok\n");
            } else if (run(check).isEmpty()) {
                lines.append("[+]").append(name).append(" ok\n");
            } else {
                lines.append("[-]").append(name).append(" failed: reason withheld\n");
                failed.append(failed.isEmpty() ? "" : ",").append(name);
            }
        });
        if (!failed.isEmpty()) {
            return plain(500, lines + "healthz check failed\n");
        }
        return plain(200, query.first("verbose").isPresent() ? lines + "healthz check passed\n" : "ok");
    }

    Response one(String name) {
        Check check = checks.get(name);
        if (check == null) {
            return plain(404, "404 page not found\n");
        }
        return run(check)
                .map(why -> plain(500, "internal server error: " + why + "\n"))
                .orElseGet(() -> plain(200, "ok"));
    }

    private static Optional<String> run(Check check) {
        Optional<String> wrong = check.test.get();
        (wrong.isEmpty() ? check.successes : check.failures).increment();
        check.last[0] = wrong.isEmpty();
        return wrong;
    }

    /// How the checks went, in Prometheus' format.
    void measure(MetricsPage page) {
        page.family(
                "kubernetes_healthcheck", "gauge", "[STABLE] This metric records the result of a single healthcheck.");
        checks.forEach((name, check) -> {
            if (check.successes.sum() + check.failures.sum() > 0) {
                page.sample("kubernetes_healthcheck", check.last[0] ? 1 : 0, "name", name, "type", "healthz");
            }
        });
        page.family(
                "kubernetes_healthchecks_total",
                "counter",
                "[STABLE] This metric records the results of all healthcheck.");
        checks.forEach((name, check) -> {
            count(page, name, "success", check.successes.sum());
            count(page, name, "error", check.failures.sum());
        });
    }

    private static void count(MetricsPage page, String name, String status, long count) {
        if (count > 0) {
            page.sample("kubernetes_healthchecks_total", count, "name", name, "status", status, "type", "healthz");
        }
    }

    private static Response plain(int status, String text) {
        return new Response.Full(status, PLAIN, text.getBytes(StandardCharsets.UTF_8));
    }
}
