package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.WatchCaches;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.store.Key;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What `/healthz`, `/livez` and `/readyz` say: checks by name, each also alone at its own path
/// (`/readyz/etcd`). Why a check failed is told to the log, and at its own path, but not in the summary, which
/// everybody may read. Thread-safe.
public final class Health {

    private static final Logger log = LoggerFactory.getLogger(Health.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final List<String> ROOTS = List.of("/healthz", "/livez", "/readyz");
    private static final String READINESS = "/readyz";
    private static final String HOOK = "poststarthook/";

    private final Store store;
    private final WatchCaches caches;
    private final List<Check> checks = new CopyOnWriteArrayList<>();
    private final Map<String, Outcomes> outcomes = new ConcurrentHashMap<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    Health(Store store, WatchCaches caches) {
        this.store = store;
        this.caches = caches;
        checks.add(new Check("ping", false, Optional::empty));
        checks.add(new Check("log", false, Health::logProblem));
        checks.add(new Check("etcd", false, this::storeProblem));
        checks.add(new Check("etcd-readiness", true, this::storeProblem));
        checks.add(new Check("informer-sync", true, this::cacheProblem));
        checks.add(new Check("shutdown", true, () -> problemIf(stopping.get(), "process is shutting down")));
    }

    /// @param isOfReadiness whether a server that fails it is alive all the same
    private record Check(String name, boolean isOfReadiness, Probe probe) {}

    /// Tells what is wrong.
    @FunctionalInterface
    private interface Probe {
        Optional<String> problem() throws InterruptedException;
    }

    /// Adds the check `poststarthook/NAME`, which fails until what is returned has run.
    public Runnable hook(String name) {
        var done = new AtomicBoolean();
        checks.add(new Check(HOOK + name, false, () -> problemIf(!done.get(), "not finished")));
        return () -> done.set(true);
    }

    /// From now on the server is not ready, though it answers what still comes.
    void stopping() {
        stopping.set(true);
    }

    /// Every path that is answered.
    List<String> paths() {
        return ROOTS.stream()
                .flatMap(root -> Stream.concat(Stream.of(root), of(root).map(check -> root + "/" + check.name)))
                .toList();
    }

    /// The answer; empty if there is no such path.
    Optional<Response> answer(Request request) throws InterruptedException {
        String path = request.path();
        for (String root : ROOTS) {
            if (path.equals(root)) {
                return Optional.of(all(request, root));
            }
            Optional<Check> alone = of(root).filter(check -> path.equals(root + "/" + check.name))
                    .findFirst();
            if (alone.isPresent()) {
                Optional<String> problem = observed(alone.get(), root);
                return Optional.of(problem.map(why -> text(500, "internal server error: " + why + "\n"))
                        .orElseGet(() -> text(200, "ok")));
            }
        }
        return Optional.empty();
    }

    /// How a check went so far.
    private static final class Outcomes {
        final LongAdder passed = new LongAdder();
        final LongAdder failed = new LongAdder();
        volatile boolean isPassing;
    }

    private Optional<String> observed(Check check, String root) throws InterruptedException {
        Optional<String> problem = check.probe.problem();
        var labels = MetricsText.labels("name", check.name, "type", root.substring(1));
        Outcomes seen = outcomes.computeIfAbsent(labels, unseen -> new Outcomes());
        seen.isPassing = problem.isEmpty();
        (seen.isPassing ? seen.passed : seen.failed).increment();
        return problem;
    }

    /// How the checks went, whenever somebody asked.
    void print(MetricsText text) {
        var sorted = new TreeMap<>(outcomes);
        text.family("kubernetes_healthcheck", "gauge", "Whether a check passed when it was last asked for.");
        sorted.forEach((labels, seen) -> text.sample("kubernetes_healthcheck", labels, seen.isPassing ? 1 : 0));
        text.family("kubernetes_healthchecks_total", "counter", "How often a check passed and failed.");
        sorted.forEach((labels, seen) -> {
            text.sample("kubernetes_healthchecks_total", labels + ",status=\"success\"", seen.passed.sum());
            text.sample("kubernetes_healthchecks_total", labels + ",status=\"error\"", seen.failed.sum());
        });
    }

    private Stream<Check> of(String root) {
        return checks.stream().filter(check -> !check.isOfReadiness || root.equals(READINESS));
    }

    private Response all(Request request, String root) throws InterruptedException {
        Set<String> excluded = new LinkedHashSet<>(request.query().all("exclude"));
        var told = new StringBuilder();
        var failed = new ArrayList<String>();
        for (Check check : of(root).toList()) {
            if (excluded.remove(check.name)) {
                told.append("[+]").append(check.name).append(" excluded: ok\n");
                continue;
            }
            Optional<String> problem = observed(check, root);
            if (problem.isPresent()) {
                told.append("[-]").append(check.name).append(" failed: reason withheld\n");
                failed.add(check.name + ": " + problem.get());
            } else {
                told.append("[+]").append(check.name).append(" ok\n");
            }
        }
        if (!excluded.isEmpty()) {
            told.append("warn: some health checks cannot be excluded: no matches for ")
                    .append(excluded.stream().map(name -> '"' + name + '"').collect(Collectors.joining(",")))
                    .append('\n');
        }
        String name = root.substring(1);
        if (!failed.isEmpty()) {
            log.warn("{} check failed: {}", name, failed);
            return text(500, told + name + " check failed\n");
        }
        return request.query().first("verbose").isPresent()
                ? text(200, told + name + " check passed\n")
                : text(200, "ok");
    }

    private static Response text(int status, String text) {
        return new Response.Full(
                status,
                Headers.of(
                        "Cache-Control",
                        "no-cache, private",
                        "Content-Type",
                        "text/plain; charset=utf-8",
                        "X-Content-Type-Options",
                        "nosniff"),
                text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> problemIf(boolean isBroken, String what) {
        return isBroken ? Optional.of(what) : Optional.empty();
    }

    /// A log that cannot be written to fails here.
    private static Optional<String> logProblem() {
        try {
            log.debug("health check");
            return Optional.empty();
        } catch (RuntimeException broken) {
            return Optional.of(broken.toString());
        }
    }

    /// Reads, for what is only remembered answers without the disk; elsewhere, for a hanging disk would take this
    /// thread with it.
    private Optional<String> storeProblem() throws InterruptedException {
        var problem = new AtomicReference<>(Optional.of("no answer within " + PATIENCE));
        Thread reader = Thread.ofVirtual().name("health").start(() -> {
            try {
                store.range(RangeQuery.of(Key.of("/registry/health")));
                problem.set(Optional.empty());
            } catch (RuntimeException broken) {
                problem.set(Optional.of(broken.toString()));
            }
        });
        if (!reader.join(PATIENCE)) {
            reader.interrupt();
        }
        return problem.get();
    }

    private Optional<String> cacheProblem() throws InterruptedException {
        try {
            return problemIf(!caches.keepsUp(PATIENCE), "the watch cache is behind the store");
        } catch (RuntimeException broken) {
            return Optional.of(broken.toString());
        }
    }
}
