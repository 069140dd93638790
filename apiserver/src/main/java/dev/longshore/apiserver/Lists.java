package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.Keys;
import dev.longshore.apiserver.objects.ObjectStore;
import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Answers lists.
final class Lists {

    private static final long CHUNK = 500;

    private final Machine machine;

    Lists(Machine machine) {
        this.machine = machine;
    }

    /// Part of a list.
    ///
    /// @param next where it goes on, if it was cut
    /// @param remaining how many come after it; only known without selectors
    record Found(List<StoredObject> objects, long revision, Optional<Continuation> next, Optional<Long> remaining) {}

    Response answer(Exchange exchange) {
        ResourceDefinition definition = exchange.definition();
        Found found = find(exchange, Selection.of(definition, exchange.request()));
        ObjectNode metadata = Json.object().put("resourceVersion", Long.toString(found.revision));
        found.next.ifPresent(next -> metadata.put("continue", next.token()));
        found.remaining.ifPresent(count -> metadata.put("remainingItemCount", count));
        Representation representation = exchange.representation();
        boolean isAsStored = representation.form() == Representation.Form.OBJECT
                && !representation.isYaml()
                && !representation.isPretty();
        if (isAsStored) {
            return Answers.bytes(exchange.request(), 200, join(definition, found, metadata), "application/json");
        }
        List<Resource> objects = found.objects.stream()
                .map(stored -> Versions.served(definition, stored))
                .toList();
        var shape = new Shape(definition, representation, machine.time.now());
        return Answers.tree(exchange.request(), 200, shape.list(objects, metadata), representation);
    }

    private static byte[] join(ResourceDefinition definition, Found found, ObjectNode metadata) {
        var out = new ByteArrayOutputStream();
        ObjectNode head = Json.object()
                .put("kind", definition.names().listKind())
                .put("apiVersion", definition.kind().apiVersion());
        head.set("metadata", metadata);
        byte[] start = Json.bytes(head);
        out.write(start, 0, start.length - 1);
        out.writeBytes(",\"items\":[".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        boolean isFirst = true;
        for (StoredObject stored : found.objects) {
            if (!isFirst) {
                out.write(',');
            }
            isFirst = false;
            out.writeBytes(Versions.servedBytes(definition, stored));
        }
        out.write(']');
        out.write('}');
        return out.toByteArray();
    }

    /// Reads what the query asks for.
    Found find(Exchange exchange, Selection selection) {
        Request request = exchange.request();
        Keys keys = Versions.keys(exchange.definition());
        String namespace = exchange.namespace();
        long limit = number(request, "limit");
        Optional<Continuation> from = request.query()
                .first("continue")
                .filter(token -> !token.isEmpty())
                .map(Continuation::parse);
        KeyRange range =
                from.map(there -> keys.rangeFrom(namespace, there.start())).orElseGet(() -> keys.range(namespace));
        Optional<String> onlyName = selection.fields().onlyName();
        if (onlyName.isPresent() && from.isEmpty() && (!exchange.definition().namespaced() || !namespace.isEmpty())) {
            range = KeyRange.single(keys.object(namespace, onlyName.get()));
        }
        long revision = from.map(Continuation::revision).orElseGet(() -> revision(request, limit));
        return read(exchange, selection, range, revision, limit);
    }

    /// All there is now, whatever the query says of limits and revisions.
    Found state(Exchange exchange, Selection selection) {
        KeyRange range = Versions.keys(exchange.definition()).range(exchange.namespace());
        return read(exchange, selection, range, 0, 0);
    }

    private Found read(Exchange exchange, Selection selection, KeyRange all, long asked, long limit) {
        var objects = new ArrayList<StoredObject>();
        Keys keys = Versions.keys(exchange.definition());
        KeyRange range = all;
        long revision = asked;
        while (true) {
            long chunk = limit == 0 ? 0 : selection.isEverything() ? limit - objects.size() : Math.max(limit, CHUNK);
            ObjectStore.Page page = machine.objects.list(range, revision, chunk);
            revision = page.revision();
            long left = page.count();
            for (ObjectStore.Entry entry : page.entries()) {
                left--;
                if (selection.isEverything() || fits(exchange, selection, entry.object())) {
                    objects.add(entry.object());
                }
                boolean isCut = limit > 0 && objects.size() == limit && left > 0;
                if (isCut) {
                    String start =
                            keys.relative(exchange.namespace(), entry.key().successor());
                    return new Found(
                            objects,
                            revision,
                            Optional.of(new Continuation(revision, start)),
                            selection.isEverything() ? Optional.of(left) : Optional.empty());
                }
            }
            if (!page.more()) {
                return new Found(objects, revision, Optional.empty(), Optional.empty());
            }
            Key last = page.entries().getLast().key();
            range = new KeyRange(last.successor(), range.end());
        }
    }

    private static boolean fits(Exchange exchange, Selection selection, StoredObject stored) {
        return selection.fits(Versions.served(exchange.definition(), stored));
    }

    /// The revision to read at; 0 for the newest.
    private long revision(Request request, long limit) {
        String match = request.query().first("resourceVersionMatch").orElse("");
        String asked = request.query().first("resourceVersion").orElse("");
        boolean isKnown = match.isEmpty() || match.equals("Exact") || match.equals("NotOlderThan");
        if (!isKnown) {
            throw invalid("resourceVersionMatch", '"' + match + '"', "must be Exact or NotOlderThan");
        }
        if (asked.isEmpty()) {
            if (!match.isEmpty()) {
                throw new FaultException(new Fault.Invalid(
                        new GroupVersionKind("meta.k8s.io", "v1", "ListOptions"),
                        "",
                        List.of(Cause.forbidden(
                                "resourceVersionMatch",
                                "resourceVersionMatch is forbidden unless resourceVersion is provided"))));
            }
            return 0;
        }
        long revision = number(request, "resourceVersion");
        if (revision == 0) {
            if (match.equals("Exact")) {
                throw new FaultException(new Fault.Invalid(
                        new GroupVersionKind("meta.k8s.io", "v1", "ListOptions"),
                        "",
                        List.of(Cause.forbidden(
                                "resourceVersionMatch",
                                "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""))));
            }
            return 0;
        }
        boolean isExact = match.equals("Exact") || (match.isEmpty() && limit > 0);
        if (isExact) {
            return revision;
        }
        requireNotOlder(revision);
        return 0;
    }

    /// The newest is never older than what was acknowledged: only a revision that was never given out can fail.
    void requireNotOlder(long revision) {
        long newest = machine.objects.revision();
        if (revision > newest) {
            throw new FaultException(
                    new Fault.Timeout("Too large resource version: %d, current: %d".formatted(revision, newest)));
        }
    }

    static long number(Request request, String parameter) {
        String text = request.query().first(parameter).orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException unreadable) {
            throw invalid(parameter, '"' + text + '"', "must be a number");
        }
        throw invalid(parameter, text, "must not be negative");
    }

    private static FaultException invalid(String field, String shown, String why) {
        return new FaultException(new Fault.Invalid(
                new GroupVersionKind("meta.k8s.io", "v1", "ListOptions"),
                "",
                List.of(Cause.invalid(field, shown, why))));
    }
}
