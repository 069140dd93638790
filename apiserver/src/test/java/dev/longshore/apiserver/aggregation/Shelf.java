package dev.longshore.apiserver.aggregation;

import dev.longshore.base.Json;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// APIServices in a map, and how often they were written.
final class Shelf implements Registry {

    private final Map<String, Resource> objects = new TreeMap<>();
    private int writes;

    synchronized int writes() {
        return writes;
    }

    @Override
    public synchronized Optional<Resource> get(GroupResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(name)).map(Resource::copy);
    }

    @Override
    public synchronized List<Resource> list(GroupResource resource, String namespace) {
        return objects.values().stream().map(Resource::copy).toList();
    }

    @Override
    public synchronized Resource create(Resource object) {
        if (objects.putIfAbsent(object.name(), object.copy()) != null) {
            throw new FaultException(new Fault.AlreadyExists(Aggregator.SERVICES, object.name()));
        }
        writes++;
        return object;
    }

    @Override
    public synchronized Resource change(
            GroupResource resource, String namespace, String name, UnaryOperator<Resource> change) {
        Resource old = get(resource, namespace, name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(resource, name)));
        Resource changed = change.apply(old);
        writes++;
        objects.put(name, changed);
        return changed;
    }

    @Override
    public synchronized void delete(
            GroupResource resource, String namespace, String name, Optional<Long> gracePeriodSeconds) {
        writes++;
        objects.remove(name);
    }

    @Override
    public ObjectNode changeRecord(String key, UnaryOperator<ObjectNode> change) {
        throw new UnsupportedOperationException(key);
    }

    @Override
    public ObjectNode record(String key) {
        return Json.object();
    }
}
