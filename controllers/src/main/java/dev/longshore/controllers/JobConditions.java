package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The conditions of a Job. `FailureTarget` and `SuccessCriteriaMet` say how it will end, `Failed` and
/// `Complete` that it has and that no pod of it runs any more.
final class JobConditions {

    static final String COMPLETE = "Complete";
    static final String FAILED = "Failed";
    static final String FAILURE_TARGET = "FailureTarget";
    static final String SUCCESS_CRITERIA_MET = "SuccessCriteriaMet";
    static final String SUSPENDED = "Suspended";

    private static final Set<String> FINAL = Set.of(COMPLETE, FAILED);

    private JobConditions() {}

    static boolean isFinished(Job job) {
        return finished(job).isPresent();
    }

    /// The condition that ended it.
    static Optional<JobCondition> finished(Job job) {
        return all(job.getStatus()).stream()
                .filter(condition -> FINAL.contains(condition.getType())
                        && condition.getStatus().equals("True"))
                .findFirst();
    }

    static Optional<JobCondition> find(JobStatus status, String type) {
        return all(status).stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
    }

    static boolean isTrue(JobStatus status, String type) {
        return find(status, type)
                .filter(condition -> condition.getStatus().equals("True"))
                .isPresent();
    }

    /// `conditions` with `type` set so, in its place; unchanged if it is so already. That something is not so is
    /// only said of what was.
    static List<JobCondition> with(
            List<JobCondition> conditions, String type, String status, String reason, String message, Instant now) {
        String stamp = Instant.ofEpochSecond(now.getEpochSecond()).toString();
        JobCondition wanted = new JobConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastProbeTime(stamp)
                .withLastTransitionTime(stamp)
                .build();
        var result = new ArrayList<>(conditions);
        for (int i = 0; i < result.size(); i++) {
            JobCondition present = result.get(i);
            if (present.getType().equals(type)) {
                boolean isSo = Objects.equals(present.getStatus(), status)
                        && Objects.equals(present.getReason(), reason)
                        && Objects.equals(present.getMessage(), message);
                result.set(i, isSo ? present : wanted);
                return result;
            }
        }
        if (!status.equals("False")) {
            result.add(wanted);
        }
        return result;
    }

    private static List<JobCondition> all(JobStatus status) {
        return status == null ? List.of() : status.getConditions();
    }
}
