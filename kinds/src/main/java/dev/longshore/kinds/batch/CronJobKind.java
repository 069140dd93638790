package dev.longshore.kinds.batch;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Ages;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodDefaults;
import dev.longshore.kinds.pods.PodTable;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// A job made again and again, by the clock.
final class CronJobKind {

    private static final int MAX_NAME = 52;

    private CronJobKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "batch/v1", "CronJob", "cronjobs")
                .shortNames("cj")
                .categories("all")
                .status()
                .table(Columns.named()
                        .text("Schedule", "When, as cron spells it.", cron -> cron.text("spec", "schedule"))
                        .text("Timezone", "By whose clock.", CronJobKind::zone)
                        .text(
                                "Suspend",
                                "Whether it pauses.",
                                cron -> Trees.flag(cron.tree(), "spec", "suspend") ? "True" : "False")
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
                .defaults(cron -> Trees.object(cron, "spec").ifPresent(CronJobKind::defaults))
                .checks(CronJobKind::check)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        Defaults.put(spec, "concurrencyPolicy", "Allow");
        Defaults.put(spec, "suspend", false);
        Defaults.put(spec, "successfulJobsHistoryLimit", 3);
        Defaults.put(spec, "failedJobsHistoryLimit", 1);
        Trees.object(spec, "jobTemplate", "spec").ifPresent(PodDefaults::template);
    }

    private static void check(Checks checks, ObjectNode cron) {
        var spec = cron.path("spec");
        String schedule = Trees.text(spec, "schedule");
        if (checks.requiredText("spec.schedule", schedule)) {
            CronSchedule.fault(schedule).ifPresent(fault -> checks.invalid("spec.schedule", schedule, fault));
        }
        zone(checks, Trees.text(spec, "timeZone"));
        checks.requiredOneOf(
                "spec.concurrencyPolicy", Trees.text(spec, "concurrencyPolicy"), "Allow", "Forbid", "Replace");
        for (String field :
                new String[] {"startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"}) {
            checks.nonNegative("spec." + field, spec.path(field));
        }
        String name = Trees.text(cron, "metadata", "name");
        if (name.length() > MAX_NAME) {
            checks.invalid("metadata.name", name, "must be no more than 52 characters");
        }
        JobStrategy.check(checks, "spec.jobTemplate.spec", Trees.at(spec, "jobTemplate", "spec"));
        if (Trees.has(spec, "jobTemplate", "spec", "selector")) {
            checks.invalid(
                    "spec.jobTemplate.spec.selector",
                    Trees.at(spec, "jobTemplate", "spec", "selector"),
                    "`selector` will be auto-generated");
        }
    }

    private static void zone(Checks checks, String zone) {
        if (zone.isEmpty()) {
            return;
        }
        try {
            ZoneId.of(zone);
        } catch (DateTimeException unknown) {
            checks.invalid("spec.timeZone", zone, "unknown time zone " + zone);
        }
    }

    private static ObjectNode jobSpec(Resource cron) {
        return Trees.object(cron.tree(), "spec", "jobTemplate", "spec").orElseGet(Json::object);
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
