package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Time;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Keeps the condition Available of every APIService true. Those that others serve are looked at every half minute,
/// and whenever their Service or its endpoints change; after a failure at first very soon.
final class Availability implements AutoCloseable {

    static final GroupResource SERVICES = new GroupResource("apiregistration.k8s.io", "apiservices");

    private static final int WORKERS = 5;
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final AvailabilityCheck check;
    private final Registry registry;
    private final Supplier<Registrations> registrations;
    private final Time time;
    private final Chores chores;
    private final Map<String, Boolean> known = new ConcurrentHashMap<>();
    private final Map<Loss, Long> losses = new ConcurrentHashMap<>();

    Availability(AvailabilityCheck check, Registry registry, Supplier<Registrations> registrations, Time time) {
        this.check = check;
        this.registry = registry;
        this.registrations = registrations;
        this.time = time;
        this.chores =
                new Chores("availability", WORKERS, time, new Chores.Backoff(Duration.ofMillis(5), AGAIN), this::look);
    }

    /// That an APIService ceased to be available, and why.
    record Loss(String name, String reason) implements Comparable<Loss> {
        @Override
        public int compareTo(Loss other) {
            int order = name.compareTo(other.name);
            return order != 0 ? order : reason.compareTo(other.reason);
        }
    }

    /// The APIService, or what lies behind it, has changed.
    void changed(String name) {
        chores.add(name);
    }

    /// The APIService is no more.
    void gone(String name) {
        chores.forget(name);
        known.remove(name);
    }

    /// Whether each is available, by name.
    Map<String, Boolean> known() {
        return new TreeMap<>(known);
    }

    /// How often each was lost.
    Map<Loss, Long> losses() {
        return new TreeMap<>(losses);
    }

    @Override
    public void close() {
        chores.close();
    }

    private Optional<Duration> look(String name) throws Chores.FailedException, InterruptedException {
        Optional<ApiRegistration> registration = registrations.get().named(name);
        if (registration.isEmpty()) {
            return Optional.empty();
        }
        AvailableCondition found = check.of(registration.get());
        tell(registration.get(), found);
        if (!found.isAvailable() && found.reason().equals("FailedDiscoveryCheck")) {
            throw new Chores.FailedException(found.message());
        }
        return registration.get().isLocal() ? Optional.empty() : Optional.of(AGAIN);
    }

    private void tell(ApiRegistration registration, AvailableCondition found) {
        known.put(registration.name(), found.isAvailable());
        boolean isTold = registry.get(SERVICES, "", registration.name())
                .map(object -> found.isToldBy(object)
                        || !ApiRegistration.of(object).destination().equals(registration.destination()))
                .orElse(true);
        if (isTold) {
            // Or it speaks of another Service by now, of which the next look will tell.
            return;
        }
        if (registration.isAvailable() && !found.isAvailable()) {
            losses.merge(new Loss(registration.name(), found.reason()), 1L, Long::sum);
        }
        try {
            registry.change(SERVICES, "", registration.name(), object -> {
                found.tell(object, time.now());
                return object;
            });
        } catch (FaultException gone) {
            if (!(gone.fault() instanceof Fault.NotFound)) {
                throw gone;
            }
        }
    }
}
