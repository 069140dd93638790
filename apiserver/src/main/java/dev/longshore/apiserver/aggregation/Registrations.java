package dev.longshore.apiserver.aggregation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All APIServices at one moment. Immutable.
public final class Registrations {

    private static final Comparator<ApiRegistration> GROUPS =
            Comparator.comparingInt(ApiRegistration::groupPriority).reversed().thenComparing(ApiRegistration::name);

    /// None.
    public static final Registrations EMPTY = new Registrations(List.of());

    private final Map<String, ApiRegistration> byName = new LinkedHashMap<>();
    private final Map<String, ApiRegistration> foreign = new LinkedHashMap<>();

    Registrations(Collection<ApiRegistration> all) {
        all.stream().sorted(GROUPS).forEach(one -> {
            byName.put(one.name(), one);
            if (!one.isLocal()) {
                foreign.put(one.root(), one);
            }
        });
    }

    /// Every one, those of the group with the highest priority first.
    public Collection<ApiRegistration> all() {
        return byName.values();
    }

    /// Those that others serve.
    public Collection<ApiRegistration> foreign() {
        return foreign.values();
    }

    /// The one of a version of a group.
    public Optional<ApiRegistration> of(String group, String version) {
        return named(version + "." + group);
    }

    Optional<ApiRegistration> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// The groups with their registrations, both in the order in which clients are told of them.
    ///
    /// @param newestFirst decides between versions of the same priority
    public Map<String, List<ApiRegistration>> groups(Comparator<String> newestFirst) {
        var groups = new LinkedHashMap<String, List<ApiRegistration>>();
        all().forEach(one ->
                groups.computeIfAbsent(one.group(), unseen -> new ArrayList<>()).add(one));
        Comparator<ApiRegistration> order = Comparator.comparingInt(ApiRegistration::versionPriority)
                .reversed()
                .thenComparing(ApiRegistration::version, newestFirst);
        groups.values().forEach(versions -> versions.sort(order));
        return groups;
    }

    /// Who else serves `path` (decoded); empty if nobody but this server does.
    Optional<ApiRegistration> foreign(String path) {
        if (foreign.isEmpty() || !path.startsWith("/api")) {
            return Optional.empty();
        }
        String root = path.startsWith("/apis/") ? firstSteps(path) : firstStep(path);
        return Optional.ofNullable(foreign.get(root));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registrations all
                && List.copyOf(byName.values()).equals(List.copyOf(all.byName.values()));
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    private static String firstStep(String path) {
        int end = path.indexOf('/', 1);
        return end < 0 ? path : path.substring(0, end);
    }

    /// `/apis/GROUP/VERSION`, whatever follows.
    private static String firstSteps(String path) {
        int version = path.indexOf('/', "/apis/".length());
        int end = version < 0 ? -1 : path.indexOf('/', version + 1);
        return end < 0 ? path : path.substring(0, end);
    }
}
