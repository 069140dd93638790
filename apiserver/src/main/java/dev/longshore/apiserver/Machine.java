package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.ExpiryLeases;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.WatchCaches;
import dev.longshore.base.Time;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Schema;
import dev.longshore.model.SchemaChecker;
import dev.longshore.model.Schemas;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// What all parts of the machine share.
final class Machine {

    final ObjectStore objects;
    final WatchCaches caches;
    final Schemas schemas;
    final SchemaChecker checker;
    final Owners owners;
    final List<Admission> admissions;
    final Encodings encodings;
    final Bodies bodies;
    final Time time;
    final RandomGenerator randomness;
    final Metrics metrics;
    final Registry registry;
    private final ExpiryLeases leases;
    private volatile Catalog catalog;

    Machine(ApiServerConfig config) {
        this.caches = new WatchCaches(config.store());
        this.objects = new ObjectStore(config.store(), caches);
        this.schemas = config.schemas();
        this.checker = new SchemaChecker(schemas);
        this.owners = new Owners(this);
        this.admissions = config.admissions();
        this.encodings = Encodings.of(config.codecs());
        this.bodies = new Bodies(config.codecs(), encodings);
        this.time = config.time();
        this.metrics = new Metrics(time);
        this.randomness = config.randomness();
        this.catalog = new Catalog(config.definitions());
        this.leases = new ExpiryLeases(config.store(), config.time());
        this.registry = new LocalRegistry(this);
    }

    Catalog catalog() {
        return catalog;
    }

    ResourceDefinition definition(GroupResource resource) {
        return catalog.find(resource).orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
    }

    /// The lease for an object of `definition` that is written now; 0 for those that stay.
    long lease(ResourceDefinition definition) {
        return definition.strategy().timeToLive().map(leases::lease).orElse(0L);
    }

    /// The schema of a definition's objects, by its name: so that errors can tell it.
    Optional<Schema> schema(ResourceDefinition definition) {
        String name = definition.schema();
        return schemas.find(name).map(known -> Schema.reference(name));
    }
}
