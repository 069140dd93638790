package dev.longshore.kinds.apps;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Locale;

/// The kinds of `apps`.
public final class AppsKinds {

    private AppsKinds() {}

    /// All of them.
    public static List<ResourceDefinition> all(KindsContext context) {
        return List.of(
                controllerRevisions(context),
                DaemonSetKind.definition(context),
                DeploymentKind.definition(context),
                ReplicaSetKind.definition(context),
                StatefulSetKind.definition(context));
    }

    /// What a template was like: data for controllers, which nothing may change afterwards.
    private static ResourceDefinition controllerRevisions(KindsContext context) {
        return KindBuilder.kind(context, "apps/v1", "ControllerRevision", "controllerrevisions")
                .noGeneration()
                .table(Columns.named()
                        .text("Controller", "Whose past it is.", AppsKinds::controller)
                        .text("Revision", "Which step of it.", object -> Trees.number(object.tree(), 0, "revision"))
                        .age()
                        .table())
                .checks((checks, object) -> {
                    if (!Trees.has(object, "data")) {
                        checks.required("data", "data is mandatory");
                    }
                    checks.nonNegative("revision", object.path("revision"));
                })
                .changeChecks((checks, object, old) -> checks.unchanged("data", object, old, "data"))
                .build();
    }

    private static String controller(Resource object) {
        return Trees.list(object.tree(), "metadata", "ownerReferences").stream()
                .filter(owner -> Trees.flag(owner, "controller"))
                .findFirst()
                .map(owner -> {
                    String group = Trees.text(owner, "apiVersion").replaceFirst("/?[^/]*$", "");
                    String kind = Trees.text(owner, "kind").toLowerCase(Locale.ROOT);
                    return kind + (group.isEmpty() ? "" : "." + group) + "/" + Trees.text(owner, "name");
                })
                .orElse("<none>");
    }
}
