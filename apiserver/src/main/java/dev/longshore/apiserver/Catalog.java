package dev.longshore.apiserver;

import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.OpenResources;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is served: an immutable picture of definitions.
final class Catalog {

    private static final Pattern VERSION = Pattern.compile("v(\\d+)(?:(alpha|beta)(\\d+))?");

    private final Map<String, ResourceDefinition> byPath = new LinkedHashMap<>();
    private final Map<GroupVersionKind, ResourceDefinition> byKind = new LinkedHashMap<>();
    private final Map<GroupResource, ResourceDefinition> preferred = new LinkedHashMap<>();

    Catalog(List<ResourceDefinition> definitions) {
        for (ResourceDefinition definition : definitions) {
            GroupVersionKind kind = definition.kind();
            byPath.put(path(kind.group(), kind.version(), definition.names().plural()), definition);
            byKind.putIfAbsent(kind, definition);
        }
        definitions.stream()
                .sorted(Comparator.comparing(definition -> definition.kind().version(), NEWEST_FIRST))
                .forEach(definition -> preferred.putIfAbsent(definition.resource(), definition));
    }

    /// Stable versions before betas before alphas, and each the newest first; others behind, by name.
    static final Comparator<String> NEWEST_FIRST = (left, right) -> {
        long[] a = rank(left);
        long[] b = rank(right);
        int order = java.util.Arrays.compare(b, a);
        return order != 0 ? order : left.compareTo(right);
    };

    private static long[] rank(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            return new long[] {-1, 0, 0};
        }
        long stability = matcher.group(2) == null ? 2 : matcher.group(2).equals("beta") ? 1 : 0;
        long minor = matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3));
        return new long[] {stability, Long.parseLong(matcher.group(1)), minor};
    }

    private static String path(String group, String version, String plural) {
        return group + "/" + version + "/" + plural;
    }

    /// Without what `isHidden`; this very one if nothing is.
    Catalog without(Predicate<GroupVersionKind> isHidden) {
        List<ResourceDefinition> kept = byPath.values().stream()
                .filter(definition -> !isHidden.test(definition.kind()))
                .toList();
        return kept.size() == byPath.size() ? this : new Catalog(kept);
    }

    Optional<ResourceDefinition> find(String group, String version, String plural) {
        return Optional.ofNullable(byPath.get(path(group, version, plural)))
                .or(() -> Optional.ofNullable(byPath.get(path(group, version, OpenResources.ANY))));
    }

    Optional<ResourceDefinition> find(GroupVersionKind kind) {
        return Optional.ofNullable(byKind.get(kind));
    }

    /// In the version that clients should prefer.
    Optional<ResourceDefinition> find(GroupResource resource) {
        return Optional.ofNullable(preferred.get(resource));
    }

    /// Every resource that has a name.
    List<ResourceDefinition> all() {
        return byPath.values().stream()
                .filter(definition -> OpenResources.of(definition).isEmpty())
                .toList();
    }

    /// What has all resources of a version of a group, if these are known only while the program runs.
    Optional<OpenResources> open(String group, String version) {
        return Optional.ofNullable(byPath.get(path(group, version, OpenResources.ANY)))
                .flatMap(OpenResources::of);
    }

    List<ResourceDefinition> of(String group, String version) {
        return select(kind -> kind.group().equals(group) && kind.version().equals(version));
    }

    /// Every group but the core, in order of appearance.
    List<String> groups() {
        var groups = new LinkedHashSet<String>();
        byPath.values().forEach(definition -> groups.add(definition.kind().group()));
        groups.remove("");
        return List.copyOf(groups);
    }

    /// The preferred first.
    List<String> versions(String group) {
        return select(kind -> kind.group().equals(group)).stream()
                .map(definition -> definition.kind().version())
                .distinct()
                .sorted(NEWEST_FIRST)
                .toList();
    }

    private List<ResourceDefinition> select(Predicate<GroupVersionKind> wanted) {
        var chosen = new ArrayList<ResourceDefinition>();
        byPath.values().stream()
                .filter(definition -> wanted.test(definition.kind()))
                .forEach(chosen::add);
        return chosen;
    }
}
