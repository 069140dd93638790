package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.Times;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What events must be like. The core group asks little of them; `events.k8s.io` is strict. The fields are named as
/// the core group names them, whichever group was asked.
final class EventChecks {

    private static final GroupVersionKind CORE = new GroupVersionKind("", "v1", "Event");
    private static final int MAX_WORD = 128;
    private static final int MAX_MESSAGE = 1024;
    private static final String UNSET = "needs to be unset";
    private static final List<String> FIXED = List.of(
            "involvedObject",
            "reason",
            "message",
            "source",
            "firstTimestamp",
            "lastTimestamp",
            "count",
            "reason",
            "type",
            "eventTime",
            "action",
            "related",
            "reportingController",
            "reportingInstance");

    private EventChecks() {}

    /// What every event must be like.
    ///
    /// @param reporting what the group calls who tells of it
    static void any(Checks checks, ObjectNode event, String reporting) {
        String namespace = Trees.text(event, "metadata", "namespace");
        String about = Trees.text(event, "involvedObject", "namespace");
        boolean isNew = Trees.has(event, "eventTime");
        boolean agrees = about.isEmpty()
                ? namespace.equals("default") || isNew && namespace.equals("kube-system")
                : isNew || about.equals(namespace);
        if (!agrees) {
            checks.invalid("involvedObject.namespace", about, "does not match event.namespace");
        }
        if (isNew) {
            words(checks, event, reporting);
        }
        checks.name("namespace", namespace, NameRule.DNS_SUBDOMAIN);
    }

    private static void words(Checks checks, ObjectNode event, String reporting) {
        String reporter = Trees.text(event, "reportingComponent");
        checks.requiredText(reporting, reporter);
        Selectors.checkKey(checks, reporting, reporter);
        for (String field : List.of("reportingInstance", "action", "reason")) {
            checks.requiredText(field, Trees.text(event, field));
            atMost(checks, event, field, MAX_WORD);
        }
        atMost(checks, event, "message", MAX_MESSAGE);
    }

    private static void atMost(Checks checks, ObjectNode event, String field, int most) {
        if (Trees.text(event, field).getBytes(StandardCharsets.UTF_8).length > most) {
            checks.invalid(field, "", "can have at most " + most + " characters");
        }
    }

    /// An event as the core group spells it.
    static ObjectNode core(ObjectNode event) {
        var copy = new Resource(event.deepCopy());
        new EventConversion().convert(copy, CORE);
        return copy.tree();
    }

    /// What a new event of `events.k8s.io` must be like.
    static void strict(Checks checks, ObjectNode sent) {
        ObjectNode event = core(sent);
        series(checks, event);
        if (!Trees.has(event, "eventTime")) {
            checks.required("eventTime");
        }
        String type = Trees.text(event, "type");
        if (!type.equals("Normal") && !type.equals("Warning")) {
            checks.invalid("type", "", "has invalid value: " + type);
        }
        for (String field : List.of("firstTimestamp", "lastTimestamp")) {
            if (Trees.has(event, field)) {
                checks.invalid(field, "", UNSET);
            }
        }
        if (Trees.number(event, 0, "count") != 0) {
            checks.invalid("count", "", UNSET);
        }
        if (!(Trees.text(event, "source", "component") + Trees.text(event, "source", "host")).isEmpty()) {
            checks.invalid("source", "", UNSET);
        }
    }

    /// What may change of an event of `events.k8s.io`: its series.
    static void strictChange(Checks checks, ObjectNode sent, ObjectNode before) {
        ObjectNode event = core(sent);
        ObjectNode old = core(before);
        if (!Trees.same(event, old, "series")) {
            series(checks, event);
        }
        for (String field : FIXED) {
            String inJson = field.equals("reportingController") ? "reportingComponent" : field;
            boolean isSame =
                    field.equals("eventTime") ? moment(event).equals(moment(old)) : Trees.same(event, old, inJson);
            if (!isSame) {
                checks.invalid(field, shown(field, event.path(inJson)), Checks.IMMUTABLE);
            }
        }
    }

    private static JsonNode shown(String field, JsonNode value) {
        return switch (field) {
            case "involvedObject", "related" -> InnerTypes.of("ObjectReference", value);
            case "source" -> InnerTypes.of("EventSource", value);
            default -> value;
        };
    }

    /// When it happened; what is less than a microsecond does not count.
    private static Optional<Instant> moment(ObjectNode event) {
        return Times.parse(Trees.text(event, "eventTime")).map(time -> time.truncatedTo(ChronoUnit.MICROS));
    }

    private static void series(Checks checks, ObjectNode event) {
        if (!Trees.has(event, "series")) {
            return;
        }
        if (Trees.number(event, 0, "series", "count") < 2) {
            checks.invalid("series.count", "", "should be at least 2");
        }
        checks.requiredText("series.lastObservedTime", Trees.text(event, "series", "lastObservedTime"));
    }
}
