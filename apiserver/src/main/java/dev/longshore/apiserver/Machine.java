package dev.longshore.apiserver;

import dev.longshore.apiserver.encryption.SealedStore;
import dev.longshore.apiserver.objects.ExpiryLeases;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.WatchCaches;
import dev.longshore.base.Time;
import dev.longshore.model.ApplyMerge;
import dev.longshore.model.CustomKinds;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.SchemaChecker;
import dev.longshore.model.Schemas;
import dev.longshore.store.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// What all parts of the machine share.
final class Machine {

    final ObjectStore objects;
    final WatchCaches caches;
    final Schemas schemas;
    final SchemaChecker checker;
    final ApplyMerge merges;
    final Owners owners;
    final AdmissionChain admissions;
    final Encodings encodings;
    final Bodies bodies;
    final Time time;
    final RandomGenerator randomness;
    final Metrics metrics;
    final Registry registry;
    private final ExpiryLeases leases;
    private final List<ResourceDefinition> builtIn;
    private final LiveSchemas live;
    private final Predicate<Key> stale;
    private volatile Catalog catalog;
    private volatile Runnable onServe = () -> {};

    Machine(ApiServerConfig config) {
        this.caches = new WatchCaches(config.store());
        this.objects = new ObjectStore(config.store(), caches);
        this.live = new LiveSchemas(config.schemas());
        this.schemas = live;
        this.checker = new SchemaChecker(schemas);
        this.merges = new ApplyMerge(schemas);
        this.owners = new Owners(this);
        this.admissions = new AdmissionChain(config.admissions(), config.time());
        this.encodings = Encodings.of(config.codecs());
        this.bodies = new Bodies(config.codecs(), encodings);
        this.time = config.time();
        this.metrics = new Metrics(time);
        this.randomness = config.randomness();
        this.builtIn = config.definitions();
        this.catalog = new Catalog(builtIn);
        this.leases = new ExpiryLeases(config.store(), config.time());
        this.stale = config.store() instanceof SealedStore sealed ? sealed::isStale : key -> false;
        this.registry = new LocalRegistry(this);
    }

    /// Whether an object is to be written even where nothing changes: it is not encrypted as it should be.
    boolean isStale(Key key) {
        return stale.test(key);
    }

    Catalog catalog() {
        return catalog;
    }

    /// From now on `custom` are served beside what is built in, which nothing can replace.
    void serve(List<CustomKinds.Served> custom) {
        live.replace(custom.stream().map(CustomKinds.Served::schemas).toList());
        var all = new ArrayList<>(builtIn);
        var taken = builtIn.stream().map(each -> each.storage().prefix()).collect(Collectors.toSet());
        custom.stream()
                .map(CustomKinds.Served::definition)
                .filter(each -> !taken.contains(each.storage().prefix()))
                .forEach(all::add);
        catalog = new Catalog(all);
        onServe.run();
    }

    /// Has `told` run whenever something else is served.
    void onServe(Runnable told) {
        onServe = told;
    }

    /// `object`, an object of `kind`, with what it leaves out; in place.
    Resource withDefaults(Resource object, GroupVersionKind kind) {
        catalog.find(kind).ifPresent(known -> known.strategy().applyDefaults(object));
        return object;
    }

    ResourceDefinition definition(GroupResource resource) {
        return catalog.find(resource).orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
    }

    /// The lease for an object of `definition` that is written now; 0 for those that stay.
    long lease(ResourceDefinition definition) {
        return definition.strategy().timeToLive().map(leases::lease).orElse(0L);
    }

    /// The schema of a definition's objects, by its name: so that errors can tell it, and what was made of it can
    /// be kept. That of a custom kind, which may become another under the same name, itself.
    Optional<Schema> schema(ResourceDefinition definition) {
        String name = definition.schema();
        boolean mayChange = definition.strategy().cleaning().isPresent();
        return schemas.find(name).map(known -> mayChange ? known : Schema.reference(name));
    }
}
