package dev.longshore.kinds.podsecurity;

import dev.longshore.base.Time;
import dev.longshore.kinds.podsecurity.controls.Evaluator;
import dev.longshore.kinds.podsecurity.controls.PodSubject;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Keeps pods out of namespaces whose labels forbid what they do; tells of templates that will make such pods, and of
/// pods that a change of labels finds there. Facts: `k8s.io/pod-security-admission`.
public final class PodSecurity implements Admission {

    private static final GroupResource PODS = new GroupResource("", "pods");
    private static final GroupResource NAMESPACES = new GroupResource("", "namespaces");
    /// What happens below a pod without changing what it is. A subresource that is not known here is looked at.
    private static final Set<String> HARMLESS =
            Set.of("exec", "attach", "binding", "eviction", "log", "portforward", "proxy", "status");

    private final PodSecurityConfiguration configuration;
    private final EvaluationCounts counts = new EvaluationCounts();
    private final PolicyJudge judge;
    private final NamespacePolicies namespaces;

    /// @param configuration a `PodSecurityConfiguration`, or a missing node for none
    /// @throws IllegalArgumentException if it says what cannot be
    public PodSecurity(JsonNode configuration, Time time) {
        this.configuration = PodSecurityConfiguration.of(configuration);
        var evaluator = new Evaluator();
        this.judge = new PolicyJudge(this.configuration, evaluator, counts);
        this.namespaces =
                new NamespacePolicies(this.configuration, new ExistingPods(this.configuration, evaluator, time));
    }

    /// Looks whether it can be configured so.
    ///
    /// @throws IllegalArgumentException if it says what cannot be
    public static void check(JsonNode configuration) {
        PodSecurityConfiguration.of(configuration);
    }

    @Override
    public String name() {
        return "PodSecurity";
    }

    @Override
    public List<MetricFamily> metrics() {
        return counts.families();
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        if (attempt.operation() != Operation.CREATE && attempt.operation() != Operation.UPDATE) {
            return;
        }
        if (attempt.resource().equals(PODS)) {
            pod(attempt, registry);
        } else if (!attempt.subresource().isEmpty()) {
            return;
        } else if (attempt.resource().equals(NAMESPACES)) {
            namespaces.validate(attempt, registry);
        } else if (PodTemplates.areIn(attempt.resource())) {
            template(attempt, registry);
        }
    }

    private void pod(Attempt attempt, Registry registry) {
        if (HARMLESS.contains(attempt.subresource()) || isExempt(attempt)) {
            return;
        }
        Resource namespace = namespace(attempt, registry).orElseThrow(() -> {
            String detail = "Internal error occurred: failed to lookup namespace \"" + attempt.namespace() + "\"";
            counts.failed(attempt, true);
            AuditKeys.note(attempt, AuditKeys.ERROR, detail + ": " + missing(attempt));
            return new FaultException(new Fault.Internal(detail));
        });
        PolicyLabels labels = PolicyLabels.of(namespace.labels(), configuration.defaults());
        if (labels.causes().isEmpty() && labels.policy().isPrivileged()) {
            counts.evaluated(
                    attempt, EvaluationCounts.Decision.ALLOW, labels.policy().enforce(), "enforce");
            AuditKeys.note(attempt, AuditKeys.ENFORCED, "privileged:latest");
            return;
        }
        Resource pod = attempt.object().orElseThrow();
        boolean isUnchanged = attempt.old()
                .filter(old -> attempt.operation() == Operation.UPDATE && !PodChanges.matter(pod, old))
                .isPresent();
        if (!isUnchanged) {
            judge.pod(attempt, labels, new PodSubject(pod.tree()));
        }
    }

    private void template(Attempt attempt, Registry registry) {
        if (isExempt(attempt)) {
            return;
        }
        Optional<Resource> namespace = namespace(attempt, registry);
        if (namespace.isEmpty()) {
            counts.failed(attempt, true);
            AuditKeys.note(
                    attempt,
                    AuditKeys.ERROR,
                    "failed to lookup namespace \"" + attempt.namespace() + "\": " + missing(attempt));
            return;
        }
        PolicyLabels labels = PolicyLabels.of(namespace.get().labels(), configuration.defaults());
        if (labels.causes().isEmpty() && labels.policy().isSilent()) {
            return;
        }
        attempt.object()
                .flatMap(object -> PodTemplates.of(attempt.resource(), object))
                .ifPresent(template -> judge.template(attempt, labels, new PodSubject(template)));
    }

    private boolean isExempt(Attempt attempt) {
        String why = configuration.namespaces().contains(attempt.namespace())
                ? "namespace"
                : configuration.users().contains(attempt.call().user().name()) ? "user" : "";
        if (why.isEmpty()) {
            return false;
        }
        counts.exempted(attempt);
        AuditKeys.note(attempt, AuditKeys.EXEMPT, why);
        return true;
    }

    private static Optional<Resource> namespace(Attempt attempt, Registry registry) {
        return registry.get(NAMESPACES, "", attempt.namespace());
    }

    private static String missing(Attempt attempt) {
        return new Fault.NotFound(NAMESPACES, attempt.namespace()).message();
    }
}
