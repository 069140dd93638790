package dev.longshore.apiserver.audit;

import dev.longshore.base.GoJson;
import dev.longshore.base.GoJsonText;
import dev.longshore.model.Times;
import dev.longshore.model.UserInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes events as kube-apiserver does: the same fields in the same order, and none that is empty. Without trees: two
/// events are written for every request.
final class EventJson {

    /// Room for most events without objects.
    private static final int USUAL = 1024;

    private final GoJsonText out;

    private EventJson(GoJsonText out) {
        this.out = out;
    }

    /// One event on a line of its own.
    static byte[] line(AuditEvent event) {
        var out = new GoJsonText(room(event));
        new EventJson(out).write(event, true);
        return out.newLine().toBytes();
    }

    /// An `EventList`.
    static byte[] list(List<AuditEvent> events) {
        var out = new GoJsonText(events.stream().mapToInt(EventJson::room).sum());
        out.open('{').name("kind").text("EventList").name("apiVersion").text("audit.k8s.io/v1");
        out.name("metadata").open('{').close('}').name("items").open('[');
        var json = new EventJson(out);
        events.forEach(event -> json.write(event, false));
        return out.close(']').close('}').newLine().toBytes();
    }

    private static int room(AuditEvent event) {
        return USUAL
                + event.sent().map(each -> each.length).orElse(0)
                + event.answered().map(each -> each.length).orElse(0);
    }

    private void write(AuditEvent event, boolean isAlone) {
        out.open('{');
        if (isAlone) {
            out.name("kind").text("Event").name("apiVersion").text("audit.k8s.io/v1");
        }
        out.name("level").text(event.level().text());
        out.name("auditID").text(event.id());
        out.name("stage").text(event.stage().text());
        out.name("requestURI").text(event.line().uri());
        out.name("verb").text(event.line().verb());
        who(event);
        texts("sourceIPs", event.line().sources());
        text("userAgent", event.line().userAgent());
        event.subject().ifPresent(this::reference);
        event.status().ifPresent(status -> tree(out.name("responseStatus"), status));
        // Objects are bytes already.
        event.sent().ifPresent(object -> object("requestObject", object));
        event.answered().ifPresent(object -> object("responseObject", object));
        out.name("requestReceivedTimestamp").text(Times.printMicros(event.received()));
        out.name("stageTimestamp").text(Times.printMicros(event.at()));
        annotations(event.annotations());
        out.close('}');
    }

    /// As [GoJson#bytes] does it.
    private static void tree(GoJsonText out, JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            out.open('{');
            object.properties().forEach(field -> tree(out.name(field.getKey()), field.getValue()));
            out.close('}');
        } else if (tree.isString()) {
            out.text(tree.stringValue());
        } else {
            byte[] json = tree.isInt()
                    ? Integer.toString(tree.intValue()).getBytes(StandardCharsets.US_ASCII)
                    : GoJson.bytes(tree);
            out.json(json, json.length);
        }
    }

    private void object(String name, byte[] object) {
        boolean endsLine = object.length > 0 && object[object.length - 1] == '\n';
        out.name(name).json(object, endsLine ? object.length - 1 : object.length);
    }

    private void who(AuditEvent event) {
        user("user", event.user());
        Optional<AuditEvent.Acting> acting = event.impersonated();
        if (acting.isEmpty()) {
            return;
        }
        user("impersonatedUser", acting.get().user());
        if (!acting.get().constraint().isEmpty()) {
            out.name("authenticationMetadata").open('{');
            out.name("impersonationConstraint").text(acting.get().constraint()).close('}');
        }
    }

    private void annotations(Map<String, String> annotations) {
        if (annotations.isEmpty()) {
            return;
        }
        out.name("annotations").open('{');
        annotations.forEach((name, value) -> out.name(name).text(value));
        out.close('}');
    }

    private void user(String name, UserInfo user) {
        out.name(name).open('{');
        text("username", user.name());
        text("uid", user.uid());
        texts("groups", user.groups());
        if (!user.extra().isEmpty()) {
            out.name("extra").open('{');
            Map<String, List<String>> sorted = user.extra().size() == 1 ? user.extra() : new TreeMap<>(user.extra());
            sorted.forEach(this::list);
            out.close('}');
        }
        out.close('}');
    }

    private void reference(ObjectReference subject) {
        out.name("objectRef").open('{');
        text("resource", subject.resource());
        text("namespace", subject.namespace());
        text("name", subject.name());
        text("uid", subject.uid());
        text("apiGroup", subject.group());
        text("apiVersion", subject.version());
        text("resourceVersion", subject.resourceVersion());
        text("subresource", subject.subresource());
        out.close('}');
    }

    private void text(String name, String value) {
        if (!value.isEmpty()) {
            out.name(name).text(value);
        }
    }

    private void texts(String name, List<String> values) {
        if (!values.isEmpty()) {
            list(name, values);
        }
    }

    private void list(String name, List<String> values) {
        out.name(name).open('[');
        values.forEach(out::text);
        out.close(']');
    }
}
