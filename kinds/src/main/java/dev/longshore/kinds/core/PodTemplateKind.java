package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodChecks;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodTable;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.model.ResourceDefinition;

/// A pod to be, that nobody runs yet.
final class PodTemplateKind {

    private PodTemplateKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "PodTemplate", "podtemplates")
                .showsDeleted()
                .table(Columns.named()
                        .text("Containers", "Their names.", object -> PodTable.containers(object.tree()))
                        .text("Images", "Their images.", object -> PodTable.images(object.tree()))
                        .text(
                                "Pod Labels",
                                "What its pods are labelled with.",
                                object -> Selectors.shownLabels(object.texts("template", "metadata", "labels")))
                        .table())
                .defaults(PodDefaults::template)
                .prepares(GatedFields.ofTemplate(context.gates(), "template"))
                .checks((checks, object) -> PodChecks.template(checks, "template", object.path("template")))
                .warnings(object -> PodWarnings.ofTemplate("template", object.at("template")))
                .build();
    }
}
