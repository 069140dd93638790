package dev.longshore.kinds.batch;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.GatedFields;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodTable;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A job made again and again, by the clock.
final class CronJobKind {

    private CronJobKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "batch/v1", "CronJob", "cronjobs")
                .shortNames("cj")
                .categories("all")
                .status()
                .table(Columns.named()
                        .text("Schedule", "When, as cron spells it.", cron -> cron.text("spec", "schedule"))
                        .text("Timezone", "By whose clock.", CronJobKind::zone)
                        .cell("Suspend", "boolean", "Whether it pauses.", CronJobKind::suspend)
                        .number("Active", "How many of its jobs run.", cron ->
                                (long) cron.at("status", "active").size())
                        .timed("Last Schedule", "When it made one last.", CronJobKind::last)
                        .age()
                        .wide("Containers", "Their names.", cron -> PodTable.containers(jobSpec(cron)))
                        .wide("Images", "Their images.", cron -> PodTable.images(jobSpec(cron)))
                        .wide(
                                "Selector",
                                "Which pods are its own.",
                                cron -> Selectors.shown(jobSpec(cron).path("selector")))
                        .table())
                .defaults(cron -> defaults(Defaults.object(cron, "spec")))
                .prepares(GatedFields.ofTemplate(context.gates(), "spec", "jobTemplate", "spec", "template"))
                .newChecks(CronJobChecks::created)
                .changeChecks(CronJobChecks::changed)
                .warnings(CronJobChecks::warnings)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "concurrencyPolicy", "Allow");
        Defaults.put(spec, "suspend", false);
        Defaults.put(spec, "successfulJobsHistoryLimit", 3);
        Defaults.put(spec, "failedJobsHistoryLimit", 1);
        PodDefaults.template(Defaults.object(Defaults.object(spec, "jobTemplate"), "spec"));
    }

    private static ObjectNode jobSpec(Resource cron) {
        return Trees.object(cron.tree(), "spec", "jobTemplate", "spec").orElseGet(Json::object);
    }

    private static String suspend(Resource cron) {
        return cron.find("spec", "suspend")
                .map(flag -> flag.asBoolean(false) ? "True" : "False")
                .orElse("<unset>");
    }

    private static String zone(Resource cron) {
        return Optional.of(cron.text("spec", "timeZone"))
                .filter(zone -> !zone.isEmpty())
                .orElse("<none>");
    }

    private static String last(Resource cron, Instant now) {
        String last = cron.text("status", "lastScheduleTime");
        return last.isEmpty() ? "<none>" : Ages.since(last, now);
    }
}
