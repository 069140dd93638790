package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.podsecurity.EvaluationCounts.Decision;
import dev.longshore.kinds.podsecurity.controls.Evaluator;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.kinds.podsecurity.controls.PodSubject;
import dev.longshore.kinds.podsecurity.controls.Verdict;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.util.HashMap;
import java.util.Map;

/// Judges what a write would bring into a namespace: refuses, notes, tells.
///
/// @param counts what became of it
record PolicyJudge(PodSecurityConfiguration configuration, Evaluator evaluator, EvaluationCounts counts) {

    /// @throws FaultException if the pod does what is forbidden
    void pod(Attempt attempt, PolicyLabels labels, PodSubject pod) {
        if (isExempt(attempt, pod)) {
            return;
        }
        noteFlaws(attempt, labels);
        var judgements = new Judgements(pod);
        LevelVersion level = labels.policy().enforce();
        AuditKeys.note(attempt, AuditKeys.ENFORCED, level.toString());
        Verdict verdict = judgements.of(level);
        counts.evaluated(attempt, verdict.isAllowed() ? Decision.ALLOW : Decision.DENY, level, "enforce");
        audit(attempt, labels.policy().audit(), judgements);
        if (!verdict.isAllowed()) {
            String name = attempt.name().isEmpty()
                    ? attempt.object().map(Resource::name).orElse("")
                    : attempt.name();
            throw new FaultException(
                    new Fault.Forbidden(attempt.resource(), name, "violates " + shown(level, verdict)));
        }
        warn(attempt, labels.policy().warn(), judgements);
    }

    /// Of templates one is only told: what they make will be refused.
    void template(Attempt attempt, PolicyLabels labels, PodSubject template) {
        if (isExempt(attempt, template)) {
            return;
        }
        noteFlaws(attempt, labels);
        var judgements = new Judgements(template);
        audit(attempt, labels.policy().audit(), judgements);
        warn(attempt, labels.policy().warn(), judgements);
    }

    private boolean isExempt(Attempt attempt, PodSubject pod) {
        boolean isExempt = configuration.runtimeClasses().contains(pod.runtimeClass());
        if (isExempt) {
            counts.exempted(attempt);
            AuditKeys.note(attempt, AuditKeys.EXEMPT, "runtimeClass");
        }
        return isExempt;
    }

    private void noteFlaws(Attempt attempt, PolicyLabels labels) {
        if (!labels.causes().isEmpty()) {
            AuditKeys.note(attempt, AuditKeys.ERROR, "Failed to parse policy: " + labels.flaws());
            counts.failed(attempt, false);
        }
    }

    private void audit(Attempt attempt, LevelVersion level, Judgements judgements) {
        Verdict verdict = judgements.of(level);
        if (!verdict.isAllowed()) {
            AuditKeys.note(attempt, AuditKeys.VIOLATIONS, "would violate " + shown(level, verdict));
            counts.evaluated(attempt, Decision.DENY, level, "audit");
        }
    }

    private void warn(Attempt attempt, LevelVersion level, Judgements judgements) {
        Verdict verdict = judgements.of(level);
        if (!verdict.isAllowed()) {
            attempt.call().warnings().add("would violate " + shown(level, verdict));
            counts.evaluated(attempt, Decision.DENY, level, "warn");
        }
    }

    private static String shown(LevelVersion level, Verdict verdict) {
        return "PodSecurity \"" + level + "\": " + verdict.details();
    }

    /// Each level is judged once.
    private final class Judgements {
        private final PodSubject pod;
        private final Map<LevelVersion, Verdict> known = new HashMap<>();

        Judgements(PodSubject pod) {
            this.pod = pod;
        }

        Verdict of(LevelVersion level) {
            return known.computeIfAbsent(level, unjudged -> evaluator.judge(unjudged, pod));
        }
    }
}
