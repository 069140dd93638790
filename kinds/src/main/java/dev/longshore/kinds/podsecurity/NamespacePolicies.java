package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.podsecurity.controls.Level;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Looks at the labels that namespaces get: they must be readable, and who makes them stricter is told which pods would
/// not be let in any more.
record NamespacePolicies(PodSecurityConfiguration configuration, ExistingPods pods) {

    /// @throws FaultException if new labels cannot be read
    void validate(Attempt attempt, Registry registry) {
        Resource namespace = attempt.object().orElseThrow();
        PolicyLabels now = PolicyLabels.of(namespace.labels(), configuration.defaults());
        if (attempt.operation() == Operation.CREATE) {
            refuseFlaws(namespace, now);
            warnOfExemption(attempt, namespace, now.policy());
            return;
        }
        PolicyLabels before = PolicyLabels.of(attempt.old().orElseThrow().labels(), configuration.defaults());
        // What could not be read already does not keep other changes out.
        if (!now.causes().equals(before.causes())) {
            refuseFlaws(namespace, now);
        }
        if (!isStricter(now.policy().enforce(), before.policy().enforce())) {
            return;
        }
        if (configuration.namespaces().contains(namespace.name())) {
            warnOfExemption(attempt, namespace, now.policy());
        } else {
            attempt.call()
                    .warnings()
                    .addAll(pods.violating(
                            registry,
                            namespace.name(),
                            now.policy().enforce(),
                            attempt.call().deadline()));
        }
    }

    private static void refuseFlaws(Resource namespace, PolicyLabels labels) {
        if (!labels.causes().isEmpty()) {
            throw new FaultException(new Fault.Invalid(namespace.kind(), namespace.name(), labels.causes()));
        }
    }

    /// True if it may forbid what was let in before. Another version may, whatever the level.
    private static boolean isStricter(LevelVersion now, LevelVersion before) {
        if (now.equals(before) || now.level() == Level.PRIVILEGED) {
            return false;
        }
        return !now.version().equals(before.version()) || now.level().compareTo(before.level()) > 0;
    }

    private void warnOfExemption(Attempt attempt, Resource namespace, Policy policy) {
        boolean isIgnored = configuration.namespaces().contains(namespace.name())
                && !policy.isPrivileged()
                && !policy.isSameAs(configuration.defaults());
        if (isIgnored) {
            attempt.call()
                    .warnings()
                    .add("namespace \"" + namespace.name() + "\" is exempt from Pod Security, and the policy ("
                            + said(namespace.labels(), policy) + ") will be ignored");
        }
    }

    /// What the labels themselves say, as far as it forbids anything.
    private static String said(Map<String, String> labels, Policy policy) {
        var said = new ArrayList<String>();
        say("enforce", policy.enforce(), labels, said);
        say("audit", policy.audit(), labels, said);
        say("warn", policy.warn(), labels, said);
        return String.join(", ", said);
    }

    private static void say(String mode, LevelVersion level, Map<String, String> labels, List<String> said) {
        if (level.level() != Level.PRIVILEGED && PolicyLabels.isSaid(labels, mode)) {
            said.add(mode + "=" + level);
        }
    }
}
