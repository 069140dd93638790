package dev.longshore.apiserver.encryption;

import dev.longshore.model.GroupResource;
import java.util.List;

/// Which resources are sealed how. The first entry that takes a resource counts. Thread-safe.
public final class Encryption {

    private final List<Entry> entries;

    Encryption(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /// @param resources as the file has them: `secrets`, `widgets.example.com`, `*.apps`, `*.` for the core group,
    /// `*.*`
    record Entry(List<String> resources, Seals seals) {

        Entry {
            resources = List.copyOf(resources);
        }

        private boolean takes(GroupResource resource) {
            return resources.stream().anyMatch(each -> takes(each, resource));
        }

        private static boolean takes(String pattern, GroupResource resource) {
            int dot = pattern.indexOf('.');
            String plural = dot < 0 ? pattern : pattern.substring(0, dot);
            String group = dot < 0 ? "" : pattern.substring(dot + 1);
            return pattern.equals("*.*")
                    || group.equals(resource.group()) && (plural.equals("*") || plural.equals(resource.resource()));
        }
    }

    Seals of(GroupResource resource) {
        return entries.stream()
                .filter(entry -> entry.takes(resource))
                .map(Entry::seals)
                .findFirst()
                .orElse(Seals.NONE);
    }
}
