package dev.longshore.apiserver;

import dev.longshore.model.CustomKinds;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The custom kinds that the catalog serves. A kind is made anew only when its definition changes in what matters to
/// it; then those who watch its objects are sent away, to come again and see them as they are now. That a definition is
/// being deleted sends nobody away: they shall see its objects go. Thread-safe.
final class CustomCatalog {

    private static final Logger log = LoggerFactory.getLogger(CustomCatalog.class);

    private final Machine machine;
    private final CustomKinds kinds;
    private Map<String, Entry> entries = Map.of();

    CustomCatalog(Machine machine, CustomKinds kinds) {
        this.machine = machine;
        this.kinds = kinds;
    }

    /// @param source what of the definition the kinds were made of
    /// @param isTerminating whether nothing new may be made
    private record Entry(Resource source, boolean isTerminating, CustomKinds.Made made) {
        boolean isOf(Resource definition) {
            return isTerminating == definition.isTerminating() && source.equals(CustomCatalog.source(definition));
        }

        /// Whether who watches would see the same under both.
        boolean shows(Entry other) {
            return other != null && source.equals(other.source);
        }
    }

    /// Serves what `definitions` say from now on.
    synchronized void refresh(List<Resource> definitions) {
        var next = new HashMap<String, Entry>();
        for (Resource definition : definitions) {
            if (CustomResources.isServed(definition)) {
                entry(definition).ifPresent(entry -> next.put(definition.name(), entry));
            }
        }
        if (next.equals(entries)) {
            return;
        }
        var served = new ArrayList<CustomKinds.Served>();
        next.keySet().stream()
                .sorted()
                .forEach(name -> served.addAll(next.get(name).made.served()));
        machine.serve(served);
        Map<String, Entry> before = entries;
        entries = Map.copyOf(next);
        changed(before, next).forEach(gone -> machine.caches.drop(Versions.keys(gone)));
    }

    /// The kind of `definition` in some version in which its objects can be read.
    synchronized Optional<ResourceDefinition> readable(Resource definition) {
        return Optional.ofNullable(entries.get(definition.name()))
                .flatMap(entry -> entry.made.kept().stream().findFirst())
                .map(CustomKinds.Served::definition);
    }

    private Optional<Entry> entry(Resource definition) {
        Entry known = entries.get(definition.name());
        if (known != null && known.isOf(definition)) {
            return Optional.of(known);
        }
        try {
            return Optional.of(new Entry(source(definition), definition.isTerminating(), kinds.make(definition)));
        } catch (RuntimeException broken) {
            // It was judged when it was written; one that slipped through must not take the others with it.
            log.error("the resources of {} cannot be served", definition.name(), broken);
            return Optional.empty();
        }
    }

    /// What the kinds depend on: not the conditions that say how they fare.
    private static Resource source(Resource definition) {
        var source = new Resource(definition.tree().objectNode());
        source.tree().put("uid", definition.uid());
        definition.find("spec").ifPresent(spec -> source.tree().set("spec", spec));
        definition
                .find("status", "acceptedNames")
                .ifPresent(names -> source.tree().set("names", names));
        return source.copy();
    }

    private static List<ResourceDefinition> changed(Map<String, Entry> before, Map<String, Entry> after) {
        var names = new HashSet<>(before.keySet());
        names.removeIf(name -> before.get(name).shows(after.get(name)));
        return names.stream()
                .flatMap(name -> before.get(name).made.kept().stream().limit(1))
                .map(CustomKinds.Served::definition)
                .toList();
    }
}
