package dev.longshore.kinds;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// Objects in memory.
final class MemoryRegistry implements Registry {

    private final List<ResourceDefinition> kinds;
    private final Time time;
    private final Map<String, Resource> objects = new TreeMap<>();
    private final Map<String, ObjectNode> records = new TreeMap<>();

    MemoryRegistry(List<ResourceDefinition> kinds, Time time) {
        this.kinds = kinds;
        this.time = time;
    }

    private static String key(GroupResource resource, String namespace, String name) {
        return resource + "/" + namespace + "/" + name;
    }

    private GroupResource resourceOf(Resource object) {
        return kinds.stream()
                .filter(kind -> kind.kind().equals(object.kind()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no kind " + object.kind()))
                .resource();
    }

    @Override
    public Optional<ResourceDefinition> definition(GroupVersionKind kind) {
        return kinds.stream().filter(known -> known.kind().equals(kind)).findFirst();
    }

    synchronized void put(Resource object) {
        objects.put(key(resourceOf(object), object.namespace(), object.name()), object.copy());
    }

    @Override
    public synchronized Optional<Resource> get(GroupResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(key(resource, namespace, name))).map(Resource::copy);
    }

    @Override
    public synchronized List<Resource> list(GroupResource resource, String namespace) {
        String prefix = resource + "/" + (namespace.isEmpty() ? "" : namespace + "/");
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> entry.getValue().copy())
                .toList();
    }

    @Override
    public synchronized Resource create(Resource object) {
        String key = key(resourceOf(object), object.namespace(), object.name());
        if (objects.containsKey(key)) {
            throw new FaultException(new Fault.AlreadyExists(resourceOf(object), object.name()));
        }
        Resource stored = object.copy();
        kinds.stream()
                .filter(kind -> kind.kind().equals(object.kind()))
                .findFirst()
                .orElseThrow()
                .strategy()
                .applyDefaults(stored);
        stored.metadata()
                .put("uid", UUID.nameUUIDFromBytes(stored.bytes()).toString())
                .put("creationTimestamp", time.now().toString());
        objects.put(key, stored);
        return stored.copy();
    }

    @Override
    public synchronized Resource change(
            GroupResource resource, String namespace, String name, UnaryOperator<Resource> change) {
        Resource old = get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
        Resource changed = change.apply(old);
        put(changed);
        return changed.copy();
    }

    @Override
    public synchronized void delete(
            GroupResource resource, String namespace, String name, Optional<Long> gracePeriodSeconds) {
        if (objects.remove(key(resource, namespace, name)) == null) {
            throw new FaultException(new Fault.NotFound(resource, name));
        }
    }

    @Override
    public synchronized ObjectNode changeRecord(String key, UnaryOperator<ObjectNode> change) {
        ObjectNode changed = change.apply(record(key));
        records.put(key, changed.deepCopy());
        return changed;
    }

    @Override
    public synchronized ObjectNode record(String key) {
        return Optional.ofNullable(records.get(key)).map(ObjectNode::deepCopy).orElseGet(Json::object);
    }
}
