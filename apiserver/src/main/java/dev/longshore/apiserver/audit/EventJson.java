package dev.longshore.apiserver.audit;

import dev.longshore.base.GoJson;
import dev.longshore.base.Json;
import dev.longshore.model.Times;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes events as kube-apiserver does: the same fields in the same order, and none that is empty.
final class EventJson {

    private static final byte[] LIST_HEAD =
            ascii("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":[");
    private static final byte[] LIST_END = ascii("]}\n");
    private static final byte[] SENT = ascii(",\"requestObject\":");
    private static final byte[] ANSWERED = ascii(",\"responseObject\":");

    private EventJson() {}

    /// One event on a line of its own.
    static byte[] line(AuditEvent event) {
        var out = new ByteArrayOutputStream(1024);
        write(event, true, out);
        out.write('\n');
        return out.toByteArray();
    }

    /// An `EventList`.
    static byte[] list(List<AuditEvent> events) {
        var out = new ByteArrayOutputStream(1024 * events.size());
        out.writeBytes(LIST_HEAD);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            write(events.get(i), false, out);
        }
        out.writeBytes(LIST_END);
        return out.toByteArray();
    }

    /// Objects are bytes already: they go in between two halves.
    private static void write(AuditEvent event, boolean isAlone, ByteArrayOutputStream out) {
        byte[] head = GoJson.bytes(head(event, isAlone));
        out.write(head, 0, head.length - 1);
        object(SENT, event.sent(), out);
        object(ANSWERED, event.answered(), out);
        byte[] tail = GoJson.bytes(tail(event));
        tail[0] = ',';
        out.writeBytes(tail);
    }

    private static void object(byte[] name, Optional<byte[]> object, ByteArrayOutputStream out) {
        if (object.isEmpty()) {
            return;
        }
        byte[] bytes = object.get();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\n' ? bytes.length - 1 : bytes.length;
        out.writeBytes(name);
        out.write(bytes, 0, length);
    }

    private static ObjectNode head(AuditEvent event, boolean isAlone) {
        ObjectNode head = Json.object();
        if (isAlone) {
            head.put("kind", "Event").put("apiVersion", "audit.k8s.io/v1");
        }
        head.put("level", event.level().text());
        head.put("auditID", event.id());
        head.put("stage", event.stage().text());
        head.put("requestURI", event.line().uri());
        head.put("verb", event.line().verb());
        head.set("user", user(event.user()));
        event.impersonated().ifPresent(acting -> acting(acting, head));
        texts(head, "sourceIPs", event.line().sources());
        text(head, "userAgent", event.line().userAgent());
        event.subject().ifPresent(subject -> head.set("objectRef", reference(subject)));
        event.status().ifPresent(status -> head.set("responseStatus", status));
        return head;
    }

    private static void acting(AuditEvent.Acting acting, ObjectNode head) {
        head.set("impersonatedUser", user(acting.user()));
        if (!acting.constraint().isEmpty()) {
            head.putObject("authenticationMetadata").put("impersonationConstraint", acting.constraint());
        }
    }

    private static ObjectNode tail(AuditEvent event) {
        ObjectNode tail = Json.object();
        tail.put("requestReceivedTimestamp", Times.printMicros(event.received()));
        tail.put("stageTimestamp", Times.printMicros(event.at()));
        if (!event.annotations().isEmpty()) {
            ObjectNode annotations = tail.putObject("annotations");
            event.annotations().forEach(annotations::put);
        }
        return tail;
    }

    private static ObjectNode user(UserInfo user) {
        ObjectNode shown = Json.object();
        text(shown, "username", user.name());
        text(shown, "uid", user.uid());
        texts(shown, "groups", user.groups());
        if (!user.extra().isEmpty()) {
            ObjectNode extra = shown.putObject("extra");
            for (Map.Entry<String, List<String>> each : new TreeMap<>(user.extra()).entrySet()) {
                ArrayNode values = extra.putArray(each.getKey());
                each.getValue().forEach(values::add);
            }
        }
        return shown;
    }

    private static ObjectNode reference(ObjectReference subject) {
        ObjectNode shown = Json.object();
        text(shown, "resource", subject.resource());
        text(shown, "namespace", subject.namespace());
        text(shown, "name", subject.name());
        text(shown, "uid", subject.uid());
        text(shown, "apiGroup", subject.group());
        text(shown, "apiVersion", subject.version());
        text(shown, "resourceVersion", subject.resourceVersion());
        text(shown, "subresource", subject.subresource());
        return shown;
    }

    private static void text(ObjectNode object, String name, String value) {
        if (!value.isEmpty()) {
            object.put(name, value);
        }
    }

    private static void texts(ObjectNode object, String name, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = object.putArray(name);
            values.forEach(list::add);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
