package dev.longshore.kinds.batch;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.PodWarnings;
import dev.longshore.model.Resource;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What cron jobs must be like.
final class CronJobChecks {

    private static final int MAX_NAME = 52;
    private static final Pattern ZONE_PART = Pattern.compile("[A-Za-z._0-9+-]{1,14}");

    private CronJobChecks() {}

    /// Checks a new one. Its jobs' names are its own with eleven characters more.
    static void created(Checks checks, ObjectNode cron) {
        spec(checks, cron.path("spec"), false);
        zone(checks, cron.path("spec"));
        String name = Trees.text(cron, "metadata", "name");
        if (name.length() > MAX_NAME) {
            checks.invalid("metadata.name", name, "must be no more than 52 bytes");
        }
    }

    /// Checks a change. What old ones were once allowed they may keep.
    static void changed(Checks checks, ObjectNode cron, ObjectNode old) {
        spec(checks, cron.path("spec"), Trees.text(old, "spec", "schedule").contains("TZ"));
        checks.forgive(past -> spec(past, old.path("spec"), true));
        if (!Trees.at(cron, "spec", "timeZone").equals(Trees.at(old, "spec", "timeZone"))) {
            zone(checks, cron.path("spec"));
        }
    }

    private static void spec(Checks checks, JsonNode spec, boolean mayHaveZone) {
        String schedule = Trees.text(spec, "schedule");
        if (checks.requiredText("spec.schedule", schedule)) {
            CronSchedule.fault(schedule).ifPresent(fault -> checks.invalid("spec.schedule", schedule, fault));
            if (schedule.contains("TZ") && !mayHaveZone) {
                checks.invalid(
                        "spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
            } else if (schedule.contains("TZ") && Trees.has(spec, "timeZone")) {
                checks.invalid(
                        "spec.schedule", schedule, "cannot use both timeZone field and TZ or CRON_TZ in schedule");
            }
        }
        checks.nonNegative("spec.startingDeadlineSeconds", spec.path("startingDeadlineSeconds"));
        checks.requiredAnyOf(
                "spec.concurrencyPolicy", Trees.text(spec, "concurrencyPolicy"), "Allow", "Forbid", "Replace");
        JobChecks.template(checks, "spec.jobTemplate", spec.path("jobTemplate"));
        for (String field : List.of("successfulJobsHistoryLimit", "failedJobsHistoryLimit")) {
            checks.nonNegative("spec." + field, spec.path(field));
        }
    }

    private static void zone(Checks checks, JsonNode spec) {
        if (!Trees.has(spec, "timeZone")) {
            return;
        }
        String zone = Trees.text(spec, "timeZone");
        String at = "spec.timeZone";
        if (zone.isEmpty()) {
            checks.invalid(at, zone, "timeZone must be nil or non-empty string");
            return;
        }
        for (String part : zone.split("/", -1)) {
            boolean isStep = part.equals(".") || part.equals("..") || part.startsWith("-");
            if (isStep || !ZONE_PART.matcher(part).matches()) {
                checks.invalid(at, zone, "unknown time zone " + zone);
                return;
            }
        }
        if (zone.equalsIgnoreCase("Local")) {
            checks.invalid(
                    at, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        } else if (!isKnown(zone)) {
            checks.invalid(at, zone, "unknown time zone " + zone);
        }
    }

    private static boolean isKnown(String zone) {
        if (CronSchedule.isOffset(zone)) {
            // Java reads offsets as zones; the data base of zones has none.
            return false;
        }
        try {
            return !ZoneId.of(zone).getId().isEmpty();
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    static List<String> warnings(Resource cron) {
        String path = "spec.jobTemplate.spec";
        JsonNode job = cron.at("spec", "jobTemplate", "spec");
        var warnings = new ArrayList<>(PodWarnings.ofOwner(cron.tree(), path + ".template", job.path("template")));
        warnings.addAll(JobStrategy.ofSize(job, path));
        if (cron.text("spec", "schedule").contains("TZ")) {
            warnings.add("CRON_TZ or TZ used in spec.spec.schedule is not officially supported, see"
                    + " https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details");
        }
        return warnings;
    }
}
