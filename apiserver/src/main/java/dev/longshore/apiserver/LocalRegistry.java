package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.Json;
import dev.longshore.model.Call;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ManagedFields;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.UserInfo;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// The machine's own way to objects.
final class LocalRegistry implements Registry {

    private static final UserInfo SELF = UserInfo.of("system:apiserver", UserInfo.MASTERS);
    static final String SELF_AS_MANAGER = "kube-apiserver";
    private static final int ATTEMPTS = 1024;

    /// Longer lists would drive out of [ParsedObjects] what is asked for all the time.
    private static final int SHORT = 16;

    private final Machine machine;
    private final ParsedObjects parsed = new ParsedObjects();

    LocalRegistry(Machine machine) {
        this.machine = machine;
    }

    @Override
    public Optional<Resource> get(GroupResource resource, String namespace, String name) {
        return get(machine.definition(resource), namespace, name);
    }

    private Optional<Resource> get(ResourceDefinition definition, String namespace, String name) {
        Key key = Versions.keys(definition).object(namespace, name);
        // Whoever knows the newest version's tree need not read its bytes.
        Optional<Resource> known = machine.objects.versions(KeyRange.single(key)).stream()
                .findFirst()
                .flatMap(newest -> parsed.find(definition, newest));
        return known.or(() -> machine.objects.get(key).map(stored -> parsed.of(definition, key, stored)));
    }

    @Override
    public List<Resource> list(GroupResource resource, String namespace) {
        return list(machine.definition(resource), namespace);
    }

    @Override
    public Optional<Objects> objects(GroupVersionKind kind) {
        return machine.catalog().find(kind).map(OfKind::new);
    }

    /// The objects of one definition.
    private final class OfKind implements Objects {
        private final ResourceDefinition definition;

        OfKind(ResourceDefinition definition) {
            this.definition = definition;
        }

        @Override
        public boolean isNamespaced() {
            return definition.namespaced();
        }

        @Override
        public Optional<Resource> get(String namespace, String name) {
            return LocalRegistry.this.get(definition, namespace, name);
        }

        @Override
        public List<Resource> list(String namespace) {
            return LocalRegistry.this.list(definition, namespace);
        }
    }

    private List<Resource> list(ResourceDefinition definition, String namespace) {
        KeyRange range = Versions.keys(definition).range(namespace);
        return known(definition, range).orElseGet(() -> read(definition, range));
    }

    @Override
    public <T> Supplier<T> kept(GroupResource resource, Function<List<Resource>, T> made) {
        return new Kept<>(machine, resource, made);
    }

    /// All of `range`, if it is a short list of well-known objects.
    private Optional<List<Resource>> known(ResourceDefinition definition, KeyRange range) {
        List<ObjectStore.Version> newest = machine.objects.versions(range);
        if (newest.size() > SHORT) {
            return Optional.empty();
        }
        List<Resource> found = newest.stream()
                .flatMap(version -> parsed.find(definition, version).stream())
                .toList();
        return found.size() == newest.size() ? Optional.of(found) : Optional.empty();
    }

    private List<Resource> read(ResourceDefinition definition, KeyRange range) {
        List<ObjectStore.Entry> entries = machine.objects.list(range, 0, 0).entries();
        boolean isShort = entries.size() <= SHORT;
        return entries.stream()
                .map(entry -> isShort
                        ? parsed.of(definition, entry.key(), entry.object())
                        : Versions.served(definition, entry.object()))
                .toList();
    }

    @Override
    public Optional<ResourceDefinition> definition(GroupVersionKind kind) {
        return machine.catalog().find(kind);
    }

    @Override
    public Resource create(Resource object) {
        ResourceDefinition definition =
                machine.catalog().find(object.kind()).orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
        var manager =
                new ManagedFields.Manager(SELF_AS_MANAGER, definition.kind().apiVersion(), "");
        Write write = write(definition).by(manager);
        return new Creation(machine).create(write, object.namespace(), object);
    }

    @Override
    public Resource change(GroupResource resource, String namespace, String name, UnaryOperator<Resource> change) {
        ResourceDefinition definition = machine.definition(resource);
        return new Update(machine)
                .update(write(definition), new Update.Mode.Raw(definition.strategy()), namespace, name, change);
    }

    @Override
    public void delete(GroupResource resource, String namespace, String name, Optional<Long> gracePeriodSeconds) {
        new Deletion(machine)
                .delete(
                        write(machine.definition(resource)),
                        namespace,
                        name,
                        DeleteOptions.of(gracePeriodSeconds.map(Duration::ofSeconds)));
    }

    @Override
    public ObjectNode changeRecord(String key, UnaryOperator<ObjectNode> change) {
        Key place = Keys.record(key);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<StoredObject> current = machine.objects.get(place);
            ObjectNode before = current.map(LocalRegistry::tree).orElseGet(Json::object);
            ObjectNode next = change.apply(before.deepCopy());
            if (next.equals(before)) {
                return next;
            }
            OptionalLong revision = machine.objects.replace(
                    place, current.map(StoredObject::revision).orElse(0L), Json.bytes(next), 0);
            if (revision.isPresent()) {
                return next;
            }
        }
        throw new FaultException(new Fault.Internal("Internal error occurred: too many changes of " + key));
    }

    @Override
    public ObjectNode record(String key) {
        return machine.objects.get(Keys.record(key)).map(LocalRegistry::tree).orElseGet(Json::object);
    }

    private static ObjectNode tree(StoredObject stored) {
        return (ObjectNode) Json.parse(stored.json());
    }

    private static Write write(ResourceDefinition definition) {
        return new Write(definition, new Call(SELF, false, new ArrayList<>()), "", true, Optional.empty());
    }
}
