package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One line of `metadata.managedFields`: what one manager owns, by one operation, through one path, in one
/// version. What is stored is read only when a change touches it, since most changes touch few owners.
final class ManagedEntry {

    private final ManagedFields.Manager manager;
    private final boolean isApply;
    private final String time;
    /// Null until it is asked for.
    private FieldSet fields;
    /// As it is stored; null for entries that changed.
    private final ObjectNode printed;

    private ManagedEntry(
            ManagedFields.Manager manager, boolean isApply, String time, FieldSet fields, ObjectNode printed) {
        this.manager = manager;
        this.isApply = isApply;
        this.time = time;
        this.fields = fields;
        this.printed = printed;
    }

    /// The order in which they are written down.
    static final Comparator<ManagedEntry> ORDER = Comparator.comparing(ManagedEntry::isApply)
            .reversed()
            .thenComparing(ManagedEntry::time)
            .thenComparing(entry -> entry.manager.name())
            .thenComparing(entry -> entry.manager.apiVersion())
            .thenComparing(entry -> entry.manager.subresource());

    static ManagedEntry of(ManagedFields.Manager manager, boolean isApply, String time, FieldSet fields) {
        return new ManagedEntry(manager, isApply, time, fields, null);
    }

    ManagedFields.Manager manager() {
        return manager;
    }

    boolean isApply() {
        return isApply;
    }

    /// Of the last change; empty if unknown.
    String time() {
        return time;
    }

    FieldSet fields() {
        if (fields == null) {
            fields = FieldsV1.parse(printed.path("fieldsV1"));
        }
        return fields;
    }

    /// True if it owns nothing.
    boolean isHollow() {
        return fields == null ? printed.path("fieldsV1").isEmpty() : fields.isEmpty();
    }

    /// What both have; without reading the entry where that is nothing.
    FieldSet shared(FieldSet other) {
        boolean isApart = other.isEmpty() || fields == null && !FieldsV1.touches(printed.path("fieldsV1"), other);
        return isApart ? FieldSet.NONE : fields().and(other);
    }

    /// The entries that `list`, which is stored, spells.
    static List<ManagedEntry> stored(JsonNode list) {
        var entries = new ArrayList<ManagedEntry>(list.size() + 1);
        for (JsonNode node : list) {
            entries.add(new ManagedEntry(
                    managerOf(node),
                    node.path("operation").asString("").equals("Apply"),
                    node.path("time").asString(""),
                    null,
                    (ObjectNode) node));
        }
        return entries;
    }

    /// The entries that `list`, which a client sent, spells; empty when it spells none.
    static Optional<List<ManagedEntry>> sent(JsonNode list) {
        var entries = new LinkedHashMap<String, ManagedEntry>();
        try {
            for (JsonNode node : list) {
                ManagedEntry entry = sent((ObjectNode) node);
                entries.put(entry.identifier(), entry);
            }
        } catch (Json.MalformedException | ClassCastException broken) {
            return Optional.empty();
        }
        return Optional.of(new ArrayList<>(entries.values()));
    }

    private static ManagedEntry sent(ObjectNode node) {
        String operation = node.path("operation").asString("");
        boolean isKnown = (operation.equals("Apply") || operation.equals("Update"))
                && !node.path("apiVersion").asString("").isEmpty()
                && node.path("fieldsType").asString("").equals("FieldsV1");
        if (!isKnown) {
            throw new Json.MalformedException("no entry of managedFields", null);
        }
        JsonNode fields = node.path("fieldsV1");
        boolean isNothing = fields.isMissingNode() || fields.isNull();
        return of(
                managerOf(node),
                operation.equals("Apply"),
                node.path("time").asString(""),
                isNothing ? FieldSet.NONE : FieldsV1.parse(fields));
    }

    /// Why `node`, the entry at `index`, spells nothing; empty if it does.
    static Optional<String> mistake(JsonNode node, int index) {
        String operation = node.path("operation").asString("");
        if (!operation.equals("Apply") && !operation.equals("Update")) {
            return Optional.of("operation must be `Apply` or `Update`");
        }
        if (node.path("apiVersion").asString("").isEmpty()) {
            return Optional.of("apiVersion must not be empty");
        }
        String type = node.path("fieldsType").asString("");
        if (type.isEmpty()) {
            return Optional.of("missing fieldsType in managed fields entry " + index);
        }
        if (!type.equals("FieldsV1")) {
            return Optional.of("invalid fieldsType \"" + type + "\" in managed fields entry " + index);
        }
        try {
            sent((ObjectNode) node);
            return Optional.empty();
        } catch (Json.MalformedException | ClassCastException broken) {
            return Optional.of(
                    "error decoding set from fieldsV1 of managed fields entry " + index + ": " + broken.getMessage());
        }
    }

    private static ManagedFields.Manager managerOf(JsonNode node) {
        return new ManagedFields.Manager(
                node.path("manager").asString(""),
                node.path("apiVersion").asString(""),
                node.path("subresource").asString(""));
    }

    /// Writes `entries` into `object`.
    static void write(Resource object, List<ManagedEntry> entries) {
        if (entries.isEmpty()) {
            object.metadata().remove(ManagedFields.FIELD);
            return;
        }
        var list = object.metadata().putArray(ManagedFields.FIELD);
        entries.stream().sorted(ORDER).forEach(entry -> list.add(entry.print()));
    }

    private ObjectNode print() {
        if (printed != null) {
            return printed;
        }
        ObjectNode node = Json.object();
        if (!manager.name().isEmpty()) {
            node.put("manager", manager.name());
        }
        node.put("operation", isApply ? "Apply" : "Update").put("apiVersion", manager.apiVersion());
        if (!time.isEmpty()) {
            node.put("time", time);
        }
        node.put("fieldsType", "FieldsV1").set("fieldsV1", FieldsV1.print(fields));
        if (!manager.subresource().isEmpty()) {
            node.put("subresource", manager.subresource());
        }
        return node;
    }

    /// An applier is the same in every version; an updater is another in each.
    boolean isSameManager(ManagedEntry other) {
        return isBy(other.manager, other.isApply);
    }

    boolean isBy(ManagedFields.Manager other, boolean byApply) {
        return isApply == byApply
                && manager.name().equals(other.name())
                && manager.subresource().equals(other.subresource())
                && (isApply || manager.apiVersion().equals(other.apiVersion()));
    }

    ManagedEntry with(FieldSet changed) {
        return fields() == changed ? this : of(manager, isApply, time, changed);
    }

    /// By which managers are sorted where messages name them.
    String identifier() {
        ObjectNode node = Json.object();
        node.put("manager", manager.name()).put("operation", isApply ? "Apply" : "Update");
        if (!isApply) {
            node.put("apiVersion", manager.apiVersion());
        }
        if (!manager.subresource().isEmpty()) {
            node.put("subresource", manager.subresource());
        }
        return node.toString();
    }

    /// How messages name the manager.
    String shown() {
        String through = manager.subresource().isEmpty() ? "" : " with subresource \"" + manager.subresource() + '"';
        String version = isApply ? "" : " using " + manager.apiVersion();
        return '"' + manager.name() + '"' + through + version;
    }

    /// True if both differ in nothing but the time.
    static boolean sameButTimes(JsonNode left, JsonNode right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            JsonNode a = left.get(i);
            JsonNode b = right.get(i);
            boolean isSame =
                    List.of("manager", "operation", "apiVersion", "fieldsType", "fieldsV1", "subresource").stream()
                            .allMatch(field -> Objects.equals(a.get(field), b.get(field)));
            if (!isSame) {
                return false;
            }
        }
        return true;
    }
}
