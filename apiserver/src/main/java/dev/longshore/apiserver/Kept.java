package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.Snapshot;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// Something that is made of all objects of a resource, kept for as long as the watch cache hears of no change. Who
/// finds it old makes it anew; two at once both do. Thread-safe.
final class Kept<T> implements Supplier<T> {

    private final Machine machine;
    private final GroupResource resource;
    private final Function<List<Resource>, T> made;
    private volatile State<T> newest;

    Kept(Machine machine, GroupResource resource, Function<List<Resource>, T> made) {
        this.machine = machine;
        this.resource = resource;
        this.made = made;
    }

    /// @param definition in whose version the objects were read
    private record State<T>(ResourceDefinition definition, Snapshot objects, T value) {}

    @Override
    public T get() {
        ResourceDefinition definition = machine.definition(resource);
        Keys keys = Versions.keys(definition);
        Snapshot now = machine.caches.newest(keys, definition.storage().indexes());
        State<T> known = newest;
        if (known != null && known.definition == definition && known.objects.isSameState(now)) {
            return known.value;
        }
        var objects = new ArrayList<Resource>();
        now.forEach(keys.range(""), (key, stored) -> {
            objects.add(Versions.served(definition, stored));
            return true;
        });
        var fresh = new State<>(definition, now, made.apply(List.copyOf(objects)));
        newest = fresh;
        return fresh.value;
    }
}
