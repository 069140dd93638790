package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.http.Response;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;
import dev.longshore.store.Key;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Answers requests about objects themselves.
final class ResourceEndpoint {

    private static final Set<String> ON_COLLECTION = Set.of("create", "deletecollection", "list", "watch");
    private static final Set<String> ON_OBJECT = Set.of("delete", "get", "patch", "update", "watch");

    private final Machine machine;
    private final Permission permission;

    ResourceEndpoint(Machine machine, Permission permission) {
        this.machine = machine;
        this.permission = permission;
    }

    Response answer(Exchange exchange) throws IOException, InterruptedException {
        RequestInfo info = exchange.info();
        ResourceDefinition definition = exchange.definition();
        requirePath(info, definition);
        requireVerb(info, definition);
        requireSegment(info.name());
        new Shape(definition, exchange.representation(), machine.time.now()).requireFitsWrite(info.verb());
        if (definition.virtual().isPresent()) {
            return virtual(exchange, definition.virtual().get());
        }
        return switch (info.verb()) {
            case "get" -> read(exchange);
            case "list" -> new Lists(machine).answer(exchange);
            case "watch" ->
                WatchSocket.of(
                        exchange.request(),
                        new Watches(machine).answer(exchange),
                        exchange.representation().encoding());
            case "create" -> create(exchange);
            case "update" -> update(exchange);
            case "patch" -> patch(exchange);
            case "delete" -> new DeletionEndpoint(machine).one(exchange);
            case "deletecollection" -> new DeletionEndpoint(machine).all(exchange);
            default -> throw methodNotAllowed();
        };
    }

    /// Objects in namespaces are reached through them; across namespaces they can be listed.
    private static void requirePath(RequestInfo info, ResourceDefinition definition) {
        boolean isEverywhere = definition.namespaced() && info.namespace().isEmpty();
        boolean isOutOfPlace = !definition.namespaced()
                && !info.namespace().isEmpty()
                && !info.resource().equals("namespaces");
        Set<String> verbs = info.name().isEmpty() ? ON_COLLECTION : ON_OBJECT;
        boolean isUseless = definition.verbs().stream().noneMatch(verbs::contains);
        boolean isUnlisted =
                isEverywhere && (!info.name().isEmpty() || !definition.verbs().contains("list"));
        if (isOutOfPlace || isUseless || isUnlisted) {
            throw new FaultException(new Fault.NoSuchPath());
        }
    }

    private static void requireVerb(RequestInfo info, ResourceDefinition definition) {
        boolean isEverywhere = definition.namespaced() && info.namespace().isEmpty();
        boolean isRightPlace = (info.name().isEmpty() ? ON_COLLECTION : ON_OBJECT).contains(info.verb())
                && (!isEverywhere || Set.of("list", "watch").contains(info.verb()));
        if (!isRightPlace || !definition.verbs().contains(info.verb())) {
            throw methodNotAllowed();
        }
    }

    /// A name must be one step of a path.
    static void requireSegment(String name) {
        String why = name.equals(".") || name.equals("..")
                ? "may not be '" + name + "'"
                : name.contains("%") ? "may not contain '%'" : "";
        if (!why.isEmpty()) {
            throw new FaultException(new Fault.BadRequest("Name parameter invalid: \"" + name + "\": " + why));
        }
    }

    static FaultException methodNotAllowed() {
        return new FaultException(
                new Fault.MethodNotAllowed("the server does not allow this method on the requested resource"));
    }

    Response object(Exchange exchange, int status, Resource object) {
        var shape = new Shape(exchange.definition(), exchange.representation(), machine.time.now());
        JsonNode answer = exchange.call().notes().timed("transform-response-object", () -> shape.one(object));
        return serialized(exchange, status, answer);
    }

    static Response serialized(Exchange exchange, int status, JsonNode answer) {
        return exchange.call()
                .notes()
                .timed(
                        "serialize-response-object",
                        () -> Answers.tree(exchange.request(), status, answer, exchange.representation()));
    }

    /// What a write left. Its bytes were made for the store already: they are taken from there, unless somebody has
    /// changed the object since, or nothing was stored.
    Response written(Exchange exchange, int status, Resource object) {
        Representation representation = exchange.representation();
        if (exchange.call().dryRun() || !representation.isAsStored()) {
            return object(exchange, status, object);
        }
        Key key = Versions.keys(exchange.definition()).object(object.namespace(), object.name());
        Optional<StoredObject> stored = machine.objects
                .get(key)
                .filter(now -> Long.toString(now.revision()).equals(object.resourceVersion()));
        return stored.map(now -> Answers.bytes(
                        exchange.request(),
                        status,
                        representation.encoding().object(exchange.definition(), now),
                        representation.contentType()))
                .orElseGet(() -> object(exchange, status, object));
    }

    /// Bytes as they are stored, where nothing else is asked for.
    private Response read(Exchange exchange) {
        Representation representation = exchange.representation();
        if (!representation.isAsStored()) {
            return object(exchange, 200, get(exchange));
        }
        byte[] body = representation.encoding().object(exchange.definition(), stored(exchange));
        return Answers.bytes(exchange.request(), 200, body, representation.contentType());
    }

    Resource get(Exchange exchange) {
        return Versions.served(exchange.definition(), stored(exchange));
    }

    private StoredObject stored(Exchange exchange) {
        String name = exchange.info().name();
        Key key = Versions.keys(exchange.definition()).object(exchange.namespace(), name);
        Optional<Long> revision = ListOptions.of(exchange.request()).get();
        revision.ifPresent(new Lists(machine)::requireNotOlder);
        // What the cache has heard of is good enough for whoever is content with anything.
        Optional<StoredObject> found = revision.equals(Optional.of(0L))
                ? machine.objects.recent(key)
                : exchange.write().timed(() -> machine.objects.get(key));
        return found.orElseThrow(() -> exchange.write().notFound(name));
    }

    private Response create(Exchange exchange) throws IOException {
        Resource object = decode(exchange);
        RepeatedOwners.mergeSent(object, exchange.call().warnings());
        Resource created = new Creation(machine).create(exchange.write(), exchange.namespace(), object);
        return written(exchange, 201, created);
    }

    private Response update(Exchange exchange) throws IOException {
        Resource wanted = decode(exchange);
        requireName(exchange, wanted);
        Creation.placeIn(exchange.definition(), exchange.namespace(), wanted);
        RepeatedOwners.mergeSent(wanted, exchange.call().warnings());
        var mode = new Update.Mode.Whole(exchange.definition().strategy());
        try {
            return written(exchange, 200, change(exchange, mode, old -> wanted.copy()));
        } catch (FaultException missing) {
            boolean mayCreate = missing.fault() instanceof Fault.NotFound
                    && exchange.definition().strategy().allowsCreateOnUpdate()
                    && wanted.resourceVersion().isEmpty();
            if (!mayCreate) {
                throw missing;
            }
        }
        requireCreate(exchange);
        return written(exchange, 201, new Creation(machine).create(exchange.write(), exchange.namespace(), wanted));
    }

    private void requireCreate(Exchange exchange) {
        RequestInfo info = exchange.info();
        permission.require(new dev.longshore.model.Authorizer.Attributes(
                exchange.call().user(),
                "create",
                info.group(),
                info.version(),
                info.resource(),
                info.subresource(),
                info.namespace(),
                info.name(),
                ""));
    }

    private Response patch(Exchange exchange) throws IOException {
        if (Applies.isApply(exchange.request())) {
            return apply(exchange);
        }
        var change = new Patches(machine).read(exchange, exchange.definition().kind(), exchange.schema(machine));
        var mode = new Update.Mode.Whole(exchange.definition().strategy());
        return written(exchange, 200, change(exchange, mode, change));
    }

    /// Applies to what is there, or creates it.
    private Response apply(Exchange exchange) throws IOException {
        var apply = new Applies(machine).read(exchange, exchange.definition().kind());
        var mode = new Update.Mode.Whole(exchange.definition().strategy());
        try {
            return written(exchange, 200, apply.update(mode));
        } catch (FaultException missing) {
            boolean mayCreate = missing.fault() instanceof Fault.NotFound;
            if (!mayCreate) {
                throw missing;
            }
        }
        requireCreate(exchange);
        return written(exchange, 201, apply.create());
    }

    Resource change(Exchange exchange, Update.Mode mode, java.util.function.UnaryOperator<Resource> change) {
        return new Update(machine)
                .update(
                        exchange.write(),
                        mode,
                        exchange.namespace(),
                        exchange.info().name(),
                        change);
    }

    private Resource decode(Exchange exchange) throws IOException {
        return exchange.decode(
                machine,
                machine.bodies.read(
                        exchange.request(), exchange.definition().kind().kind()),
                exchange.definition().kind(),
                exchange.schema(machine));
    }

    static void requireName(Exchange exchange, Resource wanted) {
        String name = exchange.info().name();
        if (wanted.name().isEmpty()) {
            wanted.metadata().put("name", name);
        } else if (!wanted.name().equals(name)) {
            throw new FaultException(
                    new Fault.BadRequest("the name of the object (%s) does not match the name on the URL (%s)"
                            .formatted(wanted.name(), name)));
        }
    }

    private Response virtual(Exchange exchange, VirtualResource virtual) throws IOException {
        ResourceDefinition definition = exchange.definition();
        String namespace = exchange.namespace();
        return switch (exchange.info().verb()) {
            case "create" -> {
                Resource object = decode(exchange);
                Creation.placeIn(definition, namespace, object);
                definition.strategy().applyDefaults(object);
                var subject = new Admittance.Subject(
                        Admission.Operation.CREATE, namespace, object.name(), Optional.of(object), Optional.empty());
                var admittance = new Admittance(machine, exchange.write());
                admittance.change(subject);
                var causes = definition.strategy().validate(exchange.call(), object);
                if (!causes.isEmpty()) {
                    throw new FaultException(new Fault.Invalid(definition.kind(), object.name(), causes));
                }
                admittance.check(subject);
                yield object(exchange, 201, virtual.create(exchange.call(), machine.registry, namespace, object));
            }
            case "get" -> {
                String name = exchange.info().name();
                yield object(
                        exchange,
                        200,
                        virtual.get(exchange.call(), machine.registry, namespace, name)
                                .orElseThrow(() -> exchange.write().notFound(name)));
            }
            case "list" -> {
                Selection selection = Selection.of(definition, exchange.request());
                var objects = virtual.list(exchange.call(), machine.registry, namespace, selection.labels()).stream()
                        .filter(selection::fits)
                        .toList();
                var shape = new Shape(definition, exchange.representation(), machine.time.now());
                yield Answers.tree(
                        exchange.request(),
                        200,
                        shape.list(objects, dev.longshore.base.Json.object()),
                        exchange.representation());
            }
            default -> throw methodNotAllowed();
        };
    }
}
