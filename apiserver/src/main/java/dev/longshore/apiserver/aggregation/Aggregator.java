package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.TlsIdentity;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ServiceRouter;
import dev.longshore.model.ServingPriority;
import dev.longshore.model.UserInfo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Makes APIServices work.
///
/// ```
/// APIService objects ─reload─► Registrations ─┬─► ExtensionProxy       requests for what others serve
///                                  ▲          ├─► ExtensionDiscovery, ExtensionDescriptions ─► View
///            AutoRegistration ─────┘          └─► Availability ──► status of the objects
/// ```
///
/// Somebody else follows the objects and calls [#reload] and [#routesChanged]. Thread-safe.
public final class Aggregator implements AutoCloseable {

    /// What APIServices are.
    public static final GroupResource SERVICES = Availability.SERVICES;

    /// Where custom resources stand: behind what is built in, and among themselves by the names of versions.
    private static final ServingPriority CUSTOM = new ServingPriority(1000, 100);

    private final ServiceRouter router;
    private final Registry registry;
    private final ExtensionDialers dialers;
    private final ExtensionProxy proxy;
    private final AutoRegistration own;
    private final Availability availability;
    private final ExtensionDiscovery discovery;
    private final ExtensionDescriptions descriptions;
    private Map<String, Set<String>> custom = Map.of();
    private volatile Registrations registrations = Registrations.EMPTY;
    private volatile View view = new View(Registrations.EMPTY, Map.of(), Map.of(), Set.of());

    /// @param identity what extension servers know us by
    public Aggregator(ServiceRouter router, Supplier<TlsIdentity> identity, Registry registry, Time time) {
        this.router = router;
        this.registry = registry;
        this.dialers = new ExtensionDialers(identity);
        this.proxy = new ExtensionProxy(router, registry, dialers, time);
        this.own = new AutoRegistration(registry, time);
        var client = new ExtensionClient(router, registry, dialers, time);
        this.availability =
                new Availability(new AvailabilityCheck(router, registry, client), registry, () -> registrations, time);
        this.discovery = new ExtensionDiscovery(client, () -> registrations, this::look, time);
        this.descriptions = new ExtensionDescriptions(client, () -> registrations, this::look, time);
    }

    /// All that discovery can tell of APIServices at one moment. Immutable: another moment has another view.
    ///
    /// @param told what foreign servers say of themselves, by the names of APIServices
    /// @param described how they describe themselves, by the same names
    /// @param automatic the names of those that this server makes by itself
    public record View(
            Registrations registrations,
            Map<String, Discovered> told,
            Map<String, Description> described,
            Set<String> automatic) {
        public View {
            told = Map.copyOf(told);
            described = Map.copyOf(described);
            automatic = Set.copyOf(automatic);
        }

        /// What the server behind `registration` says it has.
        public Discovered told(ApiRegistration registration) {
            return told.getOrDefault(registration.name(), Discovered.NOTHING);
        }

        /// How the server behind `registration` describes itself.
        public Description described(ApiRegistration registration) {
            return described.getOrDefault(registration.name(), Description.NOTHING);
        }

        /// True if somebody else serves that version.
        public boolean isForeign(String group, String version) {
            return registrations
                    .of(group, version)
                    .filter(one -> !one.isLocal())
                    .isPresent();
        }

        /// True if this server, which could serve that version, keeps quiet: of a group that is no part of every
        /// Kubernetes somebody else serves another version, and a group has one voice.
        public boolean isHidden(String group, String version) {
            return !isAutomatic(group, version)
                    && !group.equals(SERVICES.group())
                    && registrations.of(group, version).isEmpty()
                    && registrations.foreign().stream()
                            .anyMatch(one -> one.group().equals(group));
        }

        /// The APIService whose server has the document of version 3 at `path`.
        public Optional<ApiRegistration> describing(String path) {
            return registrations.foreign().stream()
                    .filter(one -> path.equals("/openapi/v3" + one.path())
                            && described(one).part().startsWith(path))
                    .findFirst();
        }

        /// True if this server makes the APIService by itself: where there is none, somebody has deleted it.
        public boolean isAutomatic(String group, String version) {
            return automatic.contains(version + "." + group);
        }
    }

    /// What discovery can tell now.
    public View view() {
        return view;
    }

    private synchronized void look() {
        var told = new HashMap<String, Discovered>();
        registrations.foreign().forEach(one -> told.put(one.name(), discovery.of(one.name())));
        var described = new HashMap<String, Description>();
        registrations.foreign().forEach(one -> described.put(one.name(), descriptions.of(one.name())));
        View now = new View(registrations, told, described, own.names());
        if (!now.equals(view)) {
            view = now;
        }
    }

    /// Version `version` of `group` is built in. Before [#start].
    public synchronized void builtIn(String group, String version, ServingPriority priority) {
        own.wantOnStart(group, version, priority);
        publish(registrations.all(), own.pending());
    }

    /// From now on the versions of custom resources are these, by their groups.
    public synchronized void custom(Map<String, Set<String>> wanted) {
        custom.forEach((group, versions) -> versions.stream()
                .filter(version -> !wanted.getOrDefault(group, Set.of()).contains(version))
                .forEach(version -> own.unwant(group, version)));
        wanted.forEach((group, versions) -> versions.stream()
                .filter(version -> !custom.getOrDefault(group, Set.of()).contains(version))
                .forEach(version -> own.want(group, version, CUSTOM)));
        custom = Map.copyOf(wanted);
        publish(registrations.all(), own.pending());
    }

    /// Begins to keep the objects right.
    public void start() {
        reload();
        own.start(registry.list(SERVICES, "").stream().map(Resource::name).collect(Collectors.toSet()));
    }

    /// The objects have changed.
    public synchronized void reload() {
        Registrations before = registrations;
        // Asked for first: what is made meanwhile is in one of the two lists at least.
        List<ApiRegistration> pending = own.pending();
        List<ApiRegistration> all =
                registry.list(SERVICES, "").stream().map(ApiRegistration::of).toList();
        publish(all, pending);
        for (ApiRegistration one : all) {
            Optional<ApiRegistration> old = before.named(one.name());
            boolean isOther = old.filter(known -> isSame(known, one)).isEmpty();
            if (isOther
                    || !Boolean.valueOf(one.isAvailable())
                            .equals(availability.known().get(one.name()))) {
                availability.changed(one.name());
            }
            if (isOther) {
                own.changed(one.name());
            }
            if (isOther || old.get().isAvailable() != one.isAvailable()) {
                discovery.changed(one.name());
                descriptions.changed(one.name());
            }
        }
        for (ApiRegistration old : before.all()) {
            boolean isGone = all.stream().noneMatch(one -> one.name().equals(old.name()));
            if (isGone) {
                availability.gone(old.name());
                discovery.gone(old.name());
                descriptions.gone(old.name());
                dialers.forget(old.name());
                own.changed(old.name());
            }
        }
    }

    /// But for what is known of its availability.
    private static boolean isSame(ApiRegistration one, ApiRegistration other) {
        return one.groupPriority() == other.groupPriority()
                && one.versionPriority() == other.versionPriority()
                && one.destination().equals(other.destination())
                && one.trust().equals(other.trust());
    }

    private void publish(Collection<ApiRegistration> present, List<ApiRegistration> pending) {
        var all = new ArrayList<>(present);
        for (ApiRegistration one : pending) {
            boolean isThere = present.stream().anyMatch(there -> there.name().equals(one.name()));
            if (!isThere) {
                all.add(one);
            }
        }
        registrations = new Registrations(all);
        look();
    }

    /// By which resources it is decided where requests go.
    public List<GroupResource> sources() {
        return router.sources();
    }

    /// An object of one of the [#sources] has changed.
    public void routesChanged(Resource object) {
        if (registrations.foreign().isEmpty()) {
            return;
        }
        router.serviceOf(object)
                .ifPresent(service -> registrations.foreign().stream()
                        .filter(one -> one.destination()
                                .filter(there -> there.namespace().equals(object.namespace())
                                        && there.name().equals(service))
                                .isPresent())
                        .forEach(one -> availability.changed(one.name())));
    }

    /// True if others serve anything.
    public boolean hasForeign() {
        return !registrations.foreign().isEmpty();
    }

    /// True if an APIService leads to a Service in `namespace`.
    public boolean hasRoutesTo(String namespace) {
        return registrations.foreign().stream()
                .anyMatch(one -> one.destination()
                        .filter(there -> there.namespace().equals(namespace))
                        .isPresent());
    }

    /// The APIService by which somebody else serves `path`.
    public Optional<ApiRegistration> foreign(String path) {
        return registrations.foreign(path);
    }

    /// The answer of who serves `registration`.
    ///
    /// @param limit how long the answer may take; empty for as long as both sides like
    public Response forward(ApiRegistration registration, Request request, UserInfo user, Optional<Duration> limit)
            throws IOException, InterruptedException {
        return proxy.forward(registration, request, user, limit);
    }

    /// Whether each APIService is available, by name.
    public Map<String, Boolean> availability() {
        return availability.known();
    }

    /// Takes that an APIService was lost, why, and how often.
    @FunctionalInterface
    public interface Losses {
        void take(String name, String reason, long count);
    }

    /// Tells how often APIServices ceased to be available.
    public void losses(Losses each) {
        availability.losses().forEach((loss, count) -> each.take(loss.name(), loss.reason(), count));
    }

    @Override
    public void close() {
        own.close();
        discovery.close();
        descriptions.close();
        availability.close();
        dialers.close();
    }
}
