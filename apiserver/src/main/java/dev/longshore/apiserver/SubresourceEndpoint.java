package dev.longshore.apiserver;

import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.Subresource;
import dev.longshore.model.SubresourceAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Answers requests about what stands below objects: status, scale, parts of them, actions.
final class SubresourceEndpoint {

    private final Machine machine;
    private final ResourceEndpoint objects;
    private final Conversations conversations;

    SubresourceEndpoint(Machine machine, ResourceEndpoint objects, Conversations conversations) {
        this.machine = machine;
        this.objects = objects;
        this.conversations = conversations;
    }

    Response answer(Exchange exchange) throws IOException, InterruptedException {
        RequestInfo info = exchange.info();
        ResourceDefinition definition = exchange.definition();
        Subresource subresource = definition
                .subresource(info.subresource())
                .orElseThrow(() -> new FaultException(new Fault.NoSuchPath()));
        // A back end takes also methods that are no verbs.
        boolean isProxy =
                subresource instanceof Subresource.Action action && action.answer() == Subresource.Answer.PROXY;
        if (!isProxy && !subresource.verbs().contains(info.verb())) {
            throw ResourceEndpoint.methodNotAllowed();
        }
        ResourceEndpoint.requireSegment(info.name());
        return switch (subresource) {
            case Subresource.Status _ -> part(exchange, new Update.Mode.Status(definition.strategy()));
            case Subresource.Part part -> part(exchange, new Update.Mode.Whole(part.strategy()));
            case Subresource.Scale scale -> scale(exchange, new Scales(scale));
            case Subresource.Action action -> act(exchange, action);
        };
    }

    private Response part(Exchange exchange, Update.Mode mode) throws IOException {
        new Shape(exchange.definition(), exchange.representation(), machine.time.now())
                .requireFitsWrite(exchange.info().verb());
        return switch (exchange.info().verb()) {
            case "get" -> objects.object(exchange, 200, objects.get(exchange));
            case "patch" -> {
                if (Applies.isApply(exchange.request())) {
                    var apply = new Applies(machine)
                            .read(exchange, exchange.definition().kind());
                    yield objects.written(exchange, 200, apply.update(mode));
                }
                var change = new Patches(machine)
                        .read(exchange, exchange.definition().kind(), exchange.schema(machine));
                yield objects.written(exchange, 200, objects.change(exchange, mode, change));
            }
            default -> {
                Resource wanted = exchange.decode(
                        machine,
                        machine.bodies.read(
                                exchange.request(), exchange.definition().kind().kind()),
                        exchange.definition().kind(),
                        exchange.schema(machine));
                ResourceEndpoint.requireName(exchange, wanted);
                RepeatedOwners.mergeSent(wanted, exchange.call().warnings());
                yield objects.written(exchange, 200, objects.change(exchange, mode, old -> wanted.copy()));
            }
        };
    }

    private Response scale(Exchange exchange, Scales scales) throws IOException {
        var shape = new Shape(
                scales.scale().kind(),
                "ScaleList",
                scales.scale().table(),
                exchange.representation(),
                machine.time.now());
        shape.requireFitsWrite(exchange.info().verb());
        Resource result = exchange.info().verb().equals("get")
                ? objects.get(exchange)
                : new ScaleWrites(machine, scales).write(exchange);
        return Answers.tree(exchange.request(), 200, shape.one(scales.of(result)), exchange.representation());
    }

    private Response act(Exchange exchange, Subresource.Action action) throws IOException, InterruptedException {
        RequestInfo info = exchange.info();
        Request request = exchange.request();
        if (isRootOfProxy(action, info, request)) {
            return redirected(request);
        }
        // A conversation's body belongs to the back end.
        boolean isConversation = action.isConversation();
        Optional<Resource> body = isConversation ? Optional.empty() : body(exchange, action);
        Map<String, List<String>> parameters =
                isConversation ? admitted(exchange, action) : request.query().parameters();
        body.ifPresent(object -> admit(exchange, Admission.Operation.CREATE, object));
        conversations.requireMayBegin(action, exchange);
        var invocation = new SubresourceAction.Invocation(
                info.groupResource(),
                exchange.namespace(),
                info.name(),
                request.method(),
                parameters,
                info.remainder(),
                body);
        return switch (action.action().act(exchange.call(), machine.registry, invocation)) {
            case SubresourceAction.Result.Answer(int status, Resource object) ->
                Answers.tree(request, status, object.tree(), exchange.representation());
            case SubresourceAction.Result.Text(String text) ->
                new Response.Full(200, Headers.of("Content-Type", "text/plain"), text.getBytes(StandardCharsets.UTF_8));
            case SubresourceAction.Result.Connect(var target) -> conversations.connect(action, target, exchange);
        };
    }

    private Optional<Resource> body(Exchange exchange, Subresource.Action action) throws IOException {
        if (exchange.request().method().equals("GET")) {
            return Optional.empty();
        }
        Bodies.Body body = machine.bodies.read(exchange.request(), action.kind().kind());
        if (body.isEmpty()) {
            return Optional.empty();
        }
        Optional<ResourceDefinition> definition = machine.catalog().find(action.kind());
        Resource object = exchange.decode(machine, body, action.kind(), definition.flatMap(machine::schema));
        definition.ifPresent(known -> known.strategy().applyDefaults(object));
        return Optional.of(object);
    }

    /// What the conversation shall be, as the rules of admission leave it.
    private Map<String, List<String>> admitted(Exchange exchange, Subresource.Action action) {
        var options = new ConnectOptions(action);
        Query query = exchange.request().query();
        Resource asked = options.read(query, exchange.info().remainder());
        Resource before = asked.copy();
        admit(exchange, Admission.Operation.CONNECT, asked);
        return asked.equals(before) ? query.parameters() : options.parameters(query, asked);
    }

    private void admit(Exchange exchange, Admission.Operation operation, Resource object) {
        var subject = new Admittance.Subject(
                operation, exchange.namespace(), exchange.info().name(), Optional.of(object), Optional.empty());
        var admittance = new Admittance(machine, exchange.write());
        admittance.change(subject);
        admittance.check(subject);
    }

    /// Relative links of what a back end shows at its root lead below it only if the root ends with a slash.
    private static boolean isRootOfProxy(Subresource.Action action, RequestInfo info, Request request) {
        boolean isRead = request.method().equals("GET") || request.method().equals("HEAD");
        return action.answer() == Subresource.Answer.PROXY
                && isRead
                && info.remainder().isEmpty()
                && !request.path().endsWith("/")
                && request.headers().first("Upgrade").isEmpty();
    }

    private static Response redirected(Request request) {
        String target = request.rawTarget();
        int question = target.indexOf('?');
        String to = question < 0 ? target + "/" : target.substring(0, question) + "/" + target.substring(question);
        return new Response.Full(301, Headers.of("Cache-Control", "no-cache, private", "Location", to), new byte[0]);
    }
}
