package dev.longshore.apiserver.custom;

import dev.longshore.base.Json;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which of the names that a definition wants it has: no two definitions of one group share a name of a resource, or
/// a kind. Who came first keeps it; whoever wants it gets it when it becomes free.
public final class Names {

    private final Set<String> resources = new HashSet<>();
    private final Set<String> kinds = new HashSet<>();
    private String reason = "";
    private String message = "";

    private Names(Resource definition, List<Resource> all) {
        String group = definition.text("spec", "group");
        for (Resource other : all) {
            if (!other.text("spec", "group").equals(group)) {
                continue;
            }
            Resource seen = other.name().equals(definition.name()) ? definition : other;
            JsonNode names = seen.at("status", "acceptedNames");
            resources.add(names.path("plural").asString(""));
            resources.add(names.path("singular").asString(""));
            names.path("shortNames").forEach(name -> resources.add(name.asString("")));
            kinds.add(names.path("kind").asString(""));
            kinds.add(names.path("listKind").asString(""));
        }
    }

    /// Settles the accepted names of `definition` and what its conditions say of them, in place; `all` are all
    /// definitions there are.
    public static void settle(Resource definition, List<Resource> all, Instant now) {
        JsonNode wanted = definition.at("spec", "names");
        JsonNode had = definition.at("status", "acceptedNames");
        if (wanted.equals(had)) {
            return;
        }
        var names = new Names(definition, all);
        ObjectNode accepted = names.accepted(wanted, had);
        var conditions = new Conditions(definition, now);
        boolean isAccepted = names.reason.isEmpty();
        definition.object("status").set("acceptedNames", accepted);
        conditions.set(
                Conditions.NAMES_ACCEPTED,
                isAccepted,
                isAccepted ? "NoConflicts" : names.reason,
                isAccepted ? "no conflicts found" : names.message);
        established(definition, conditions, isAccepted);
    }

    private static void established(Resource definition, Conditions conditions, boolean isAccepted) {
        if (Conditions.holds(definition, Conditions.ESTABLISHED)) {
            return;
        }
        if (isAccepted) {
            conditions.set(Conditions.ESTABLISHED, false, "Installing", "the initial names have been accepted");
        } else if (Conditions.find(definition, Conditions.ESTABLISHED).isEmpty()) {
            conditions.set(Conditions.ESTABLISHED, false, "NotAccepted", "not all names are accepted");
        }
    }

    /// Says that the resources of `definition`, whose names are accepted, are served.
    public static void establish(Resource definition, Instant now) {
        boolean isDue = Conditions.holds(definition, Conditions.NAMES_ACCEPTED)
                && !Conditions.holds(definition, Conditions.ESTABLISHED);
        if (isDue) {
            new Conditions(definition, now)
                    .set(Conditions.ESTABLISHED, true, "InitialNamesAccepted", "the initial names have been accepted");
        }
    }

    /// The last conflict found is the one that is told.
    private ObjectNode accepted(JsonNode wanted, JsonNode had) {
        ObjectNode accepted = had instanceof ObjectNode before ? before.deepCopy() : Json.object();
        one(accepted, wanted, "plural", "PluralConflict", resources);
        one(accepted, wanted, "singular", "SingularConflict", resources);
        shortNames(accepted, wanted, had);
        one(accepted, wanted, "kind", "KindConflict", kinds);
        one(accepted, wanted, "listKind", "ListKindConflict", kinds);
        copy(accepted, wanted, "categories");
        return accepted;
    }

    private void one(ObjectNode accepted, JsonNode wanted, String field, String conflict, Set<String> used) {
        String name = wanted.path(field).asString("");
        if (name.equals(accepted.path(field).asString("")) || !used.contains(name)) {
            accepted.put(field, name);
        } else {
            refuse(conflict, inUse(name));
        }
    }

    private void shortNames(ObjectNode accepted, JsonNode wanted, JsonNode had) {
        List<String> own = texts(had.path("shortNames"));
        var taken = new ArrayList<String>();
        for (String name : texts(wanted.path("shortNames"))) {
            if (!own.contains(name) && resources.contains(name)) {
                taken.add(inUse(name));
            }
        }
        if (taken.isEmpty()) {
            copy(accepted, wanted, "shortNames");
        } else {
            refuse("ShortNamesConflict", taken.size() == 1 ? taken.getFirst() : "[" + String.join(", ", taken) + "]");
        }
    }

    private static void copy(ObjectNode accepted, JsonNode wanted, String field) {
        Optional.ofNullable(wanted.get(field))
                .ifPresentOrElse(value -> accepted.set(field, value.deepCopy()), () -> accepted.remove(field));
    }

    private void refuse(String why, String what) {
        reason = why;
        message = what;
    }

    private static String inUse(String name) {
        return Cause.quote(name) + " is already in use";
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(name -> name.asString("")).toList();
    }
}
