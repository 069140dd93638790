package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.List;

/// The ReplicaSet of a Deployment's present template: which it is, or how it is made.
final class FreshReplicaSet {

    private static final int LONGEST_NAME = 253;

    private FreshReplicaSet() {}

    /// True if `set` is of the template of `deployment`.
    static boolean isOf(Deployment deployment, ReplicaSet set) {
        return TemplateHash.areEqual(
                set.getSpec().getTemplate(), deployment.getSpec().getTemplate());
    }

    /// What is to be made when there is none. Its name follows from the template, so that two who make it at
    /// once make one.
    ///
    /// @param sets all that the Deployment has
    static ReplicaSet of(Deployment deployment, List<ReplicaSet> sets) {
        var template = deployment.getSpec().getTemplate();
        String hash =
                TemplateHash.of(template, DeploymentStatuses.of(deployment).getCollisionCount());
        RolloutPlan plan = RolloutPlan.of(deployment);
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(name(deployment.getMetadata().getName(), hash))
                .withLabels(template.getMetadata().getLabels())
                .addToLabels(TemplateHash.LABEL, hash)
                .withAnnotations(Revisions.fresh(deployment, Revisions.next(sets), plan))
                .withOwnerReferences(Keys.controlledBy(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(size(deployment, plan, sets))
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withNewSelectorLike(deployment.getSpec().getSelector())
                .addToMatchLabels(TemplateHash.LABEL, hash)
                .endSelector()
                .withNewTemplateLike(template)
                .editMetadata()
                .addToLabels(TemplateHash.LABEL, hash)
                .endMetadata()
                .endTemplate()
                .endSpec()
                .build();
    }

    private static int size(Deployment deployment, RolloutPlan plan, List<ReplicaSet> sets) {
        return "Recreate".equals(deployment.getSpec().getStrategy().getType())
                ? plan.desired()
                : plan.grown(new RolloutPlan.Member("", 0, 0), ReplicaSets.members(sets));
    }

    private static String name(String deployment, String hash) {
        int most = LONGEST_NAME - 1 - hash.length();
        return (deployment.length() > most ? deployment.substring(0, most) : deployment) + "-" + hash;
    }
}
