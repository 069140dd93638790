package dev.longshore.apiserver;

import dev.longshore.apiserver.ListOptions.Wanted;
import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.Snapshot;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.Json;
import dev.longshore.http.Response;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers lists: from the watch cache where it has the state that is wanted, else from the store.
final class Lists {

    /// How long a list waits for the cache before it reads the store.
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Machine machine;

    Lists(Machine machine) {
        this.machine = machine;
    }

    /// Part of a list.
    ///
    /// @param next where it goes on, if it was cut
    /// @param remaining how many come after it; only known without selectors
    /// @param served the objects as they are served, if that had to be known to select them
    record Found(
            List<StoredObject> objects,
            long revision,
            Optional<Continuation> next,
            Optional<Long> remaining,
            Optional<List<Resource>> served) {}

    Response answer(Exchange exchange) throws InterruptedException {
        ResourceDefinition definition = exchange.definition();
        Found found = find(exchange, Selection.of(definition, exchange.request()));
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(found.revision));
        found.next.ifPresent(next -> metadata.put("continue", next.token()));
        found.remaining.ifPresent(count -> metadata.put("remainingItemCount", count));
        Representation representation = exchange.representation();
        boolean isRevived = definition.storage().conversion().revives();
        if (representation.isAsStored() && !isRevived) {
            byte[] list = exchange.call()
                    .notes()
                    .timed(
                            "serialize-response-object",
                            () -> representation.encoding().list(definition, metadata, found.objects));
            return Answers.bytes(exchange.request(), 200, list, representation.contentType());
        }
        List<Resource> objects = found.served.orElseGet(() -> Versions.served(definition, found.objects));
        var shape = new Shape(definition, representation, machine.time.now());
        JsonNode answer =
                exchange.call().notes().timed("transform-response-object", () -> shape.list(objects, metadata));
        return ResourceEndpoint.serialized(exchange, 200, answer);
    }

    /// Reads what the query asks for.
    Found find(Exchange exchange, Selection selection) throws InterruptedException {
        ListOptions options = ListOptions.of(exchange.request());
        Wanted wanted = options.list();
        ResourceDefinition definition = exchange.definition();
        String namespace = exchange.namespace();
        Keys keys = Versions.keys(definition);
        View view = view(definition, wanted);
        KeyRange range =
                switch (wanted) {
                    case Wanted.Rest(Continuation from) -> keys.rangeFrom(namespace, from.start());
                    case Wanted.Newest _, Wanted.Any _, Wanted.NotOlder _, Wanted.Exact _ ->
                        range(definition, namespace, selection);
                };
        return read(exchange, selection, view, range, options.pageSize());
    }

    /// All there is, not older than `revision`; 0 for what is at hand, negative for the newest.
    Found state(Exchange exchange, Selection selection, long revision) throws InterruptedException {
        Wanted wanted =
                revision < 0 ? new Wanted.Newest() : revision == 0 ? new Wanted.Any() : new Wanted.NotOlder(revision);
        KeyRange range = range(exchange.definition(), exchange.namespace(), selection);
        return read(exchange, selection, view(exchange.definition(), wanted), range, 0);
    }

    private static KeyRange range(ResourceDefinition definition, String namespace, Selection selection) {
        Keys keys = Versions.keys(definition);
        Optional<String> onlyName = selection.fields().onlyName();
        boolean isOne = onlyName.isPresent() && (!definition.namespaced() || !namespace.isEmpty());
        return isOne ? KeyRange.single(keys.object(namespace, onlyName.get())) : keys.range(namespace);
    }

    private View view(ResourceDefinition definition, Wanted wanted) throws InterruptedException {
        return switch (wanted) {
            case Wanted.Any() -> new View.OfCache(newest(definition));
            case Wanted.Newest() -> notOlder(definition, machine.objects.revision());
            case Wanted.NotOlder(long revision) -> {
                requireNotOlder(revision);
                yield notOlder(definition, revision);
            }
            case Wanted.Exact(long revision) -> exact(definition, revision);
            case Wanted.Rest(Continuation from) -> rest(definition, from);
        };
    }

    private Snapshot newest(ResourceDefinition definition) {
        return machine.caches.newest(
                Versions.keys(definition), definition.storage().indexes());
    }

    private View notOlder(ResourceDefinition definition, long revision) throws InterruptedException {
        Optional<Snapshot> known = machine.caches.notOlder(
                Versions.keys(definition), definition.storage().indexes(), revision, PATIENCE);
        return known.<View>map(View.OfCache::new)
                .orElseGet(() -> new View.OfStore(machine.objects, machine.objects.revision()));
    }

    private View rest(ResourceDefinition definition, Continuation from) throws InterruptedException {
        if (from.revision() < 0) {
            return notOlder(definition, machine.objects.revision());
        }
        try {
            return exact(definition, from.revision());
        } catch (FaultException refused) {
            throw refused.fault() instanceof Fault.Expired
                    ? new FaultException(
                            new Fault.ContinueExpired(from.atNewest().token()), refused)
                    : refused;
        }
    }

    private View exact(ResourceDefinition definition, long revision) {
        requireNotOlder(revision);
        if (revision < machine.objects.oldest()) {
            throw new FaultException(new Fault.Expired("The resourceVersion for the provided list is too old."));
        }
        Optional<Snapshot> remembered = machine.caches.at(
                Versions.keys(definition), definition.storage().indexes(), revision);
        return remembered.<View>map(View.OfCache::new).orElseGet(() -> new View.OfStore(machine.objects, revision));
    }

    private Found read(Exchange exchange, Selection selection, View view, KeyRange range, long limit) {
        var sieve = new Sieve(selection, limit);
        view.forEach(selection, range, sieve::take);
        sieve.end();
        if (!sieve.isCut()) {
            return new Found(sieve.objects(), view.revision(), Optional.empty(), Optional.empty(), sieve.served());
        }
        Key next = sieve.last().successor();
        String start = Versions.keys(exchange.definition()).relative(exchange.namespace(), next);
        Optional<Long> left =
                selection.isEverything() ? Optional.of(view.count(new KeyRange(next, range.end()))) : Optional.empty();
        return new Found(
                sieve.objects(),
                view.revision(),
                Optional.of(new Continuation(view.revision(), start)),
                left,
                sieve.served());
    }

    /// The newest is never older than what was acknowledged: only a revision that was never given out can fail.
    void requireNotOlder(long revision) {
        long newest = machine.objects.revision();
        if (Long.compareUnsigned(revision, newest) > 0) {
            throw new FaultException(new Fault.TooLargeRevision(revision, newest));
        }
    }
}
