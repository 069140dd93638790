package dev.longshore.apiserver;

import dev.longshore.apiserver.aggregation.Aggregator;
import dev.longshore.apiserver.aggregation.ApiRegistration;
import dev.longshore.apiserver.aggregation.Discovered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which groups and versions there are, whoever serves them, in the order in which clients are told of them.
///
/// @param groups all but the core
record ServedGroups(List<Group> groups) {

    /// Registers all others, itself never: it comes first.
    private static final String REGISTRY = "apiregistration.k8s.io";

    /// Above all that an APIService may say.
    private static final int FIRST = 20_001;

    /// What is served without an APIService stands behind what has one.
    private static final int UNREGISTERED = 100;

    /// Who serves a version.
    sealed interface Source {
        /// This server.
        record Here() implements Source {}

        /// Somebody else, who says this of it.
        record Elsewhere(Discovered told) implements Source {}

        /// There is only an APIService.
        record Nowhere() implements Source {}
    }

    /// @param isListed whether the older document tells of it
    record Version(String name, Source source, boolean isListed) {}

    /// @param versions the preferred first
    record Group(String name, List<Version> versions) {
        /// The names of what the older document tells.
        List<String> listed() {
            return versions.stream()
                    .filter(Version::isListed)
                    .map(Version::name)
                    .toList();
        }
    }

    private record Ranked(Group group, int priority) {}

    /// Of a server that stands alone.
    static ServedGroups of(Catalog catalog) {
        var groups = new ArrayList<Group>();
        for (String group : catalog.groups()) {
            List<Version> versions = catalog.versions(group).stream()
                    .map(version -> new Version(version, new Source.Here(), true))
                    .toList();
            groups.add(new Group(group, versions));
        }
        return new ServedGroups(groups);
    }

    /// Of a server that stands before those that `view` knows.
    static ServedGroups of(Catalog catalog, Aggregator.View view) {
        Map<String, List<ApiRegistration>> registered = view.registrations().groups(Catalog.NEWEST_FIRST);
        Set<String> names = new LinkedHashSet<>(registered.keySet());
        names.addAll(catalog.groups());
        names.remove("");
        var ranked = new ArrayList<Ranked>();
        for (String name : names) {
            ranked.add(ranked(name, catalog, view, registered.getOrDefault(name, List.of())));
        }
        ranked.sort(Comparator.comparingInt(Ranked::priority).reversed().thenComparing(one -> one.group.name));
        return new ServedGroups(ranked.stream().map(Ranked::group).toList());
    }

    private static Ranked ranked(
            String group, Catalog catalog, Aggregator.View view, List<ApiRegistration> registered) {
        var versions = new LinkedHashMap<String, Version>();
        int priority = group.equals(REGISTRY) ? FIRST : registered.isEmpty() ? UNREGISTERED : 0;
        for (ApiRegistration one : registered) {
            priority = Math.max(priority, one.groupPriority());
            versions.put(one.version(), new Version(one.version(), source(one, catalog, view), true));
        }
        for (String version : catalog.versions(group)) {
            boolean isListed = !view.isAutomatic(group, version);
            if (!view.isHidden(group, version)) {
                versions.putIfAbsent(version, new Version(version, new Source.Here(), isListed));
            }
        }
        return new Ranked(new Group(group, List.copyOf(versions.values())), priority);
    }

    private static Source source(ApiRegistration one, Catalog catalog, Aggregator.View view) {
        if (one.destination().isPresent()) {
            return new Source.Elsewhere(view.told(one));
        }
        return catalog.of(one.group(), one.version()).isEmpty() ? new Source.Nowhere() : new Source.Here();
    }

    /// The group called `name`.
    Optional<Group> group(String name) {
        return groups.stream().filter(one -> one.name.equals(name)).findFirst();
    }
}
