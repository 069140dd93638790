package dev.longshore.apiserver.flow;

import dev.longshore.base.Time;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Keeps the objects of flow control as they shall be: the mandatory ones always, the suggested ones unless an
/// administrator has taken them over, and in every schema's status whether its level exists. Several servers may
/// do so at once: they all want the same.
public final class FlowUpkeep {

    /// FlowSchemas.
    public static final GroupResource SCHEMAS = new GroupResource(BootstrapFlows.GROUP, "flowschemas");

    /// PriorityLevelConfigurations.
    public static final GroupResource LEVELS = new GroupResource(BootstrapFlows.GROUP, "prioritylevelconfigurations");

    private static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";
    private static final String DANGLING = "Dangling";

    private final Registry registry;
    private final FlowControl control;
    private final Time time;

    /// For the objects of `registry`, which `control` shall go by.
    public FlowUpkeep(Registry registry, FlowControl control, Time time) {
        this.registry = registry;
        this.control = control;
        this.time = time;
    }

    /// Makes and mends the objects that every cluster has.
    public void maintain() {
        maintain(LEVELS, BootstrapFlows.mandatoryLevels(), BootstrapFlows.suggestedLevels());
        maintain(SCHEMAS, BootstrapFlows.mandatorySchemas(), BootstrapFlows.suggestedSchemas());
    }

    /// Reads the objects and goes by them.
    public void reload() {
        List<Resource> schemas = registry.list(SCHEMAS, "");
        Collection<String> dangling = control.configure(schemas, registry.list(LEVELS, ""));
        for (Resource schema : schemas) {
            tell(schema, dangling.contains(schema.name()));
        }
    }

    private void maintain(GroupResource resource, List<Resource> mandatory, List<Resource> suggested) {
        var known = new HashSet<String>();
        for (Resource wanted : mandatory) {
            known.add(wanted.name());
            ensure(resource, wanted, true);
        }
        for (Resource wanted : suggested) {
            known.add(wanted.name());
            ensure(resource, wanted, false);
        }
        for (Resource object : registry.list(resource, "")) {
            boolean isLeftOver = !known.contains(object.name())
                    && "true".equals(object.annotations().get(AUTO_UPDATE));
            if (isLeftOver) {
                // Of another release, which nobody has taken over.
                ignoreRaces(() -> registry.delete(resource, "", object.name(), Optional.empty()));
            }
        }
    }

    private void ensure(GroupResource resource, Resource wanted, boolean isMandatory) {
        Optional<Resource> present = registry.get(resource, "", wanted.name());
        if (present.isEmpty()) {
            annotate(wanted, true);
            ignoreRaces(() -> registry.create(wanted));
            return;
        }
        boolean isOurs = isMandatory || isOurs(present.get());
        boolean isAnnotated =
                Boolean.toString(isOurs).equals(present.get().annotations().get(AUTO_UPDATE));
        boolean isRight = !isOurs || present.get().at("spec").equals(wanted.at("spec"));
        if (isAnnotated && isRight) {
            return;
        }
        ignoreRaces(() -> registry.change(resource, "", wanted.name(), object -> {
            annotate(object, isOurs);
            if (isOurs) {
                object.tree().set("spec", wanted.at("spec").deepCopy());
            }
            return object;
        }));
    }

    /// True while no administrator has changed it: the annotation says so, or nobody ever changed it at all.
    private static boolean isOurs(Resource present) {
        String said = present.annotations().getOrDefault(AUTO_UPDATE, "");
        return said.equals("true") || !said.equals("false") && present.generation() == 1;
    }

    private static void annotate(Resource object, boolean isOurs) {
        if (!(object.metadata().get("annotations") instanceof ObjectNode)) {
            object.metadata().putObject("annotations");
        }
        ((ObjectNode) object.metadata().get("annotations")).put(AUTO_UPDATE, Boolean.toString(isOurs));
    }

    private void tell(Resource schema, boolean isDangling) {
        Map<String, String> wanted = condition(schema, isDangling);
        boolean isTold = conditions(schema).stream()
                .anyMatch(condition -> wanted.entrySet().stream()
                        .allMatch(field ->
                                condition.path(field.getKey()).asString("").equals(field.getValue())));
        if (isTold) {
            return;
        }
        ignoreRaces(() -> registry.change(SCHEMAS, "", schema.name(), object -> {
            var others = conditions(object).stream()
                    .filter(condition -> !condition.path("type").asString("").equals(DANGLING))
                    .toList();
            var list = object.object("status").putArray("conditions");
            others.forEach(list::add);
            ObjectNode told = list.addObject();
            wanted.forEach(told::put);
            told.put(
                    "lastTransitionTime",
                    time.now().truncatedTo(ChronoUnit.SECONDS).toString());
            return object;
        }));
    }

    private static Map<String, String> condition(Resource schema, boolean isDangling) {
        String level = schema.text("spec", "priorityLevelConfiguration", "name");
        String start = "This FlowSchema references the PriorityLevelConfiguration object named \"" + level + "\" ";
        return isDangling
                ? Map.of(
                        "type",
                        DANGLING,
                        "status",
                        "True",
                        "reason",
                        "NotFound",
                        "message",
                        start + "but there is no such object")
                : Map.of("type", DANGLING, "status", "False", "reason", "Found", "message", start + "and it exists");
    }

    private static List<ObjectNode> conditions(Resource schema) {
        var all = new ArrayList<ObjectNode>();
        schema.at("status", "conditions").forEach(node -> {
            if (node instanceof ObjectNode condition) {
                all.add(condition);
            }
        });
        return all;
    }

    /// Another server, or an administrator, was quicker: the change that this made is read next.
    private static void ignoreRaces(Runnable change) {
        try {
            change.run();
        } catch (FaultException refused) {
            if (!refused.fault().isRace()) {
                throw refused;
            }
        }
    }
}
