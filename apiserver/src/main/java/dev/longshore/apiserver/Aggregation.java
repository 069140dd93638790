package dev.longshore.apiserver;

import dev.longshore.apiserver.aggregation.Aggregator;
import dev.longshore.apiserver.aggregation.ApiRegistration;
import dev.longshore.apiserver.flow.Seat;
import dev.longshore.apiserver.objects.Change;
import dev.longshore.apiserver.objects.Interest;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This machine's part in standing before other servers: it follows the objects by which [Aggregator] goes, and
/// hands requests over to it.
final class Aggregation implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Aggregation.class);

    private static final Duration AGAIN = Duration.ofSeconds(1);

    /// What health checks call the beginning.
    private static final List<String> HOOKS = List.of(
            "start-kube-aggregator-informers",
            "apiservice-status-local-available-controller",
            "apiservice-status-remote-available-controller",
            "apiservice-registration-controller",
            "apiservice-discovery-controller",
            "kube-apiserver-autoregistration",
            "apiservice-openapi-controller",
            "apiservice-openapiv3-controller");

    private final Machine machine;
    private final Catalog builtIn;
    private final Aggregator aggregator;
    private final List<Runnable> begun;
    private final List<Follower> followers = new ArrayList<>();
    private final AtomicBoolean isStarted = new AtomicBoolean();
    private volatile boolean isClosed;

    private Aggregation(Machine machine, Aggregator aggregator, List<Runnable> begun) {
        this.machine = machine;
        this.builtIn = machine.catalog();
        this.aggregator = aggregator;
        this.begun = begun;
    }

    /// Empty for a server that stands before no others.
    static Optional<Aggregation> of(Machine machine, ApiServerConfig config, Health health) {
        if (config.beside().aggregation().isEmpty()
                || machine.catalog().find(Aggregator.SERVICES).isEmpty()) {
            return Optional.empty();
        }
        ApiServerConfig.Aggregation wanted = config.beside().aggregation().get();
        var aggregator = new Aggregator(wanted.router(), wanted.identity(), machine.registry, machine.time);
        Catalog catalog = machine.catalog();
        var groups = new ArrayList<>(catalog.groups());
        groups.add("");
        for (String group : groups) {
            for (String version : catalog.versions(group)) {
                wanted.priorities()
                        .apply(group, version)
                        .ifPresent(priority -> aggregator.builtIn(group, version, priority));
            }
        }
        List<Runnable> begun = HOOKS.stream().map(health::hook).toList();
        return Optional.of(new Aggregation(machine, aggregator, begun));
    }

    /// With the first request, which does not wait for it.
    void startOnce() {
        if (!isStarted.get() && isStarted.compareAndSet(false, true)) {
            Thread.ofVirtual().name("aggregation").start(this::start);
        }
    }

    private void start() {
        try {
            while (!begin()) {
                machine.time.sleep(AGAIN);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// False if it has to be tried again.
    private boolean begin() {
        try {
            if (!isClosed) {
                machine.onServe(this::catalogChanged);
                catalogChanged();
                aggregator.start();
                follow(Aggregator.SERVICES);
                aggregator.sources().forEach(this::follow);
                begun.forEach(Runnable::run);
            }
            return true;
        } catch (FaultException | StoreException failed) {
            log.warn("APIServices do not work yet, will try again", failed);
            return isClosed;
        }
    }

    /// What is served beside what is built in are custom resources.
    private void catalogChanged() {
        Catalog catalog = machine.catalog();
        var custom = new HashMap<String, Set<String>>();
        for (String group : catalog.groups()) {
            var versions = new HashSet<>(catalog.versions(group));
            versions.removeAll(builtIn.versions(group));
            if (!versions.isEmpty()) {
                custom.put(group, versions);
            }
        }
        aggregator.custom(custom);
    }

    private synchronized void follow(GroupResource resource) {
        if (isClosed || machine.catalog().find(resource).isEmpty()) {
            return;
        }
        ResourceDefinition definition = machine.definition(resource);
        followers.add(
                resource.equals(Aggregator.SERVICES)
                        ? Follower.of(
                                machine,
                                definition,
                                new Interest.Everything(),
                                aggregator::reload,
                                changes -> aggregator.reload())
                        : Follower.of(
                                machine,
                                definition,
                                new Interest.Everything(),
                                () -> {},
                                changes -> routesChanged(definition, changes)));
    }

    /// Most Services and endpoints are not those of servers of APIs: their bytes are not even read.
    private void routesChanged(ResourceDefinition definition, List<Change> changes) {
        if (!aggregator.hasForeign()) {
            return;
        }
        for (Change change : changes) {
            String[] steps = change.key().toString().split("/", -1);
            boolean mayMatter = steps.length < 2 || aggregator.hasRoutesTo(steps[steps.length - 2]);
            if (mayMatter) {
                change.stored().or(change::last).ifPresent(stored -> {
                    Resource object = Versions.served(definition, stored);
                    aggregator.routesChanged(object);
                });
            }
        }
    }

    /// Who else serves `path`.
    Optional<ApiRegistration> foreign(String path) {
        return aggregator.foreign(path);
    }

    /// True if `path` lies in a version that this server leaves to somebody else without a word.
    boolean isHidden(String path) {
        if (!aggregator.hasForeign() || !path.startsWith("/apis/")) {
            return false;
        }
        String[] steps = path.split("/", 5);
        return steps.length > 3 && aggregator.view().isHidden(steps[2], steps[3]);
    }

    /// The answer of who serves `registration`.
    Response forward(ApiRegistration registration, Request request, RequestInfo info, UserInfo user)
            throws IOException, InterruptedException {
        if (!info.isResource() && !isDiscovery(info.path())) {
            return PathEndpoint.noSuchPath();
        }
        // When a watch of somebody else has begun we cannot know.
        request.attribute(Seat.class).ifPresent(Seat::close);
        return aggregator.forward(registration, request, user, TimeLimit.of(request, info));
    }

    /// What is neither an object nor `/apis/GROUP/VERSION` was authorized as a mere path: who serves it might read
    /// more into it.
    private static boolean isDiscovery(String path) {
        String inner = path.replaceAll("/+$", "");
        return inner.chars().filter(letter -> letter == '/').count() <= 3 && !inner.contains("//");
    }

    /// The answer of who has the description at `path`; empty if this server has.
    Optional<Response> described(Request request, UserInfo user) throws IOException, InterruptedException {
        String path = request.path();
        Optional<ApiRegistration> by =
                path.startsWith("/openapi/v3/") ? aggregator.view().describing(path) : Optional.empty();
        return by.isPresent()
                ? Optional.of(aggregator.forward(by.get(), request, user, Optional.of(TimeLimit.LONGEST)))
                : Optional.empty();
    }

    Aggregator aggregator() {
        return aggregator;
    }

    void print(MetricsText text) {
        text.family(
                "aggregator_unavailable_apiservice",
                "gauge",
                "Gauge of APIServices which are marked as unavailable broken down by APIService name.");
        aggregator
                .availability()
                .forEach((name, isAvailable) -> text.sample(
                        "aggregator_unavailable_apiservice", MetricsText.labels("name", name), isAvailable ? 0 : 1));
        text.family(
                "aggregator_unavailable_apiservice_total",
                "counter",
                "Counter of APIServices which are marked as unavailable broken down by APIService name and reason.");
        aggregator.losses((name, reason, count) -> text.sample(
                "aggregator_unavailable_apiservice_total", MetricsText.labels("name", name, "reason", reason), count));
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        followers.forEach(Follower::close);
        aggregator.close();
    }
}
