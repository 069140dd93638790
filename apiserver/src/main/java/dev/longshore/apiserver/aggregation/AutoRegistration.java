package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Time;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ServingPriority;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// Keeps an APIService for every version of a group that this server serves itself: of the built-in groups once,
/// at the start (`onstart`: whoever changes or deletes it afterwards has his way until the next start), of custom
/// resources always (`true`).
///
/// ```
///                            not wanted        wanted at start            wanted always
///   not there                -                 made, once                 made
///   nobody manages it        -                 -                          -
///   onstart, made later      -                 -                          -
///   onstart, was there       deleted           made right, once           made right, once
///   true                     deleted           made right, once           made right
/// ```
final class AutoRegistration implements AutoCloseable {

    private static final String LABEL = "kube-aggregator.kubernetes.io/automanaged";
    private static final String ON_START = "onstart";
    private static final String ALWAYS = "true";
    private static final GroupVersionKind KIND = new GroupVersionKind("apiregistration.k8s.io", "v1", "APIService");
    private static final int WORKERS = 5;

    private final Registry registry;
    private final Time time;
    private final Chores chores;
    private final Map<String, Wanted> wanted = new ConcurrentHashMap<>();
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private volatile Set<String> atStart = Set.of();
    private volatile boolean isStarted;

    AutoRegistration(Registry registry, Time time) {
        this.registry = registry;
        this.time = time;
        this.chores = new Chores(
                "autoregister",
                WORKERS,
                time,
                new Chores.Backoff(Duration.ofMillis(5), Duration.ofMinutes(1)),
                this::check);
    }

    /// An APIService that shall be there.
    private record Wanted(String group, String version, ServingPriority priority, String management) {
        String name() {
            return version + "." + group;
        }

        ApiRegistration registration() {
            return new ApiRegistration(
                    name(),
                    group,
                    version,
                    priority.group(),
                    priority.version(),
                    Optional.empty(),
                    new ApiRegistration.Trust("", false),
                    true);
        }
    }

    /// Version `version` of `group` is built in. Before [#start].
    void wantOnStart(String group, String version, ServingPriority priority) {
        want(new Wanted(group, version, priority, ON_START));
    }

    /// Version `version` of `group` is served as long as nothing else is said.
    void want(String group, String version, ServingPriority priority) {
        want(new Wanted(group, version, priority, ALWAYS));
    }

    /// It is not served any more.
    void unwant(String group, String version) {
        String name = version + "." + group;
        wanted.remove(name);
        changed(name);
    }

    private void want(Wanted one) {
        wanted.put(one.name(), one);
        changed(one.name());
    }

    /// Begins to make things right.
    ///
    /// @param present the APIServices that are there already
    void start(Set<String> present) {
        atStart = Set.copyOf(present);
        isStarted = true;
        var all = new HashSet<>(present);
        all.addAll(wanted.keySet());
        all.forEach(chores::add);
    }

    /// The APIService called `name` is new, other or gone.
    void changed(String name) {
        if (isStarted) {
            chores.remind(name);
        }
    }

    /// Those that will be there as soon as they could be written.
    List<ApiRegistration> pending() {
        return new TreeMap<>(wanted)
                .values().stream()
                        .filter(one -> !done.contains(one.name()))
                        .map(Wanted::registration)
                        .toList();
    }

    /// The names of all that shall be there.
    Set<String> names() {
        return Set.copyOf(wanted.keySet());
    }

    @Override
    public void close() {
        chores.close();
    }

    private Optional<Duration> check(String name) {
        try {
            settle(name);
            done.add(name);
        } catch (FaultException refused) {
            if (!refused.fault().isRace()) {
                throw refused;
            }
            // Somebody else was quicker: the change that this made is told next.
        }
        return Optional.empty();
    }

    private void settle(String name) {
        Optional<Wanted> desired = Optional.ofNullable(wanted.get(name));
        Optional<Resource> current = registry.get(Availability.SERVICES, "", name);
        boolean isSettled = done.contains(name);
        if (current.isEmpty()) {
            boolean isOver = isSettled
                    && desired.filter(one -> one.management.equals(ON_START)).isPresent();
            if (desired.isPresent() && !isOver) {
                registry.create(object(desired.get()));
            }
            return;
        }
        String management = current.get().labels().getOrDefault(LABEL, "");
        boolean isManaged =
                switch (management) {
                    case ALWAYS -> true;
                    case ON_START -> atStart.contains(name) && !isSettled;
                    default -> false;
                };
        if (!isManaged
                || isSettled
                        && desired.filter(one -> one.management.equals(ON_START))
                                .isPresent()) {
            return;
        }
        if (desired.isEmpty()) {
            registry.delete(Availability.SERVICES, "", name, Optional.empty());
        } else if (!spec(desired.get()).equals(current.get().plain().at("spec"))) {
            registry.change(Availability.SERVICES, "", name, object -> {
                object.tree().set("spec", spec(desired.get()));
                return object;
            });
        }
    }

    private Resource object(Wanted one) {
        Resource object = Resource.of(KIND, "", one.name());
        object.metadata().putObject("labels").put(LABEL, one.management);
        object.tree().set("spec", spec(one));
        AvailableCondition.LOCAL.tell(object, time.now());
        return object;
    }

    private static ObjectNode spec(Wanted one) {
        Resource holder = Resource.of(KIND, "", one.name());
        ObjectNode spec = holder.object("spec");
        if (!one.group.isEmpty()) {
            spec.put("group", one.group);
        }
        spec.put("version", one.version)
                .put("groupPriorityMinimum", one.priority.group())
                .put("versionPriority", one.priority.version());
        return (ObjectNode) holder.plain().at("spec");
    }
}
