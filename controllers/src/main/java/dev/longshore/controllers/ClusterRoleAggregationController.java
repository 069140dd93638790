package dev.longshore.controllers;

import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Reconciler;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/// Writes into each aggregated ClusterRole the rules of the roles that it selects.
final class ClusterRoleAggregationController implements Reconciler {

    static final String NAME = "clusterrole-aggregation-controller";

    private static final int WORKERS = 2;

    private final Informers informers;
    private final KubernetesClient client;

    private ClusterRoleAggregationController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new ClusterRoleAggregationController(context), WORKERS, context.time());
        // Roles are few, and which depends on which is nowhere written: each change is a reason to look at all.
        context.informers()
                .onChange(
                        ClusterRole.class,
                        changed -> context.informers().all(ClusterRole.class).stream()
                                .filter(role -> role.getAggregationRule() != null)
                                .forEach(role -> loop.queue().add(Keys.of(role))));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<ClusterRole> role =
                informers.find(ClusterRole.class, name).filter(found -> found.getAggregationRule() != null);
        if (role.isEmpty()) {
            return Outcome.done();
        }
        List<PolicyRule> rules = rules(role.get(), informers.all(ClusterRole.class));
        if (!rules.equals(role.get().getRules())) {
            client.resource(new ClusterRoleBuilder()
                            .withNewMetadata()
                            .withName(name)
                            .endMetadata()
                            .withRules(rules)
                            .build())
                    .fieldManager(NAME)
                    .forceConflicts()
                    .serverSideApply();
        }
        return Outcome.done();
    }

    /// The rules of those of `all` that `role` selects: selector by selector, by name, each rule once.
    static List<PolicyRule> rules(ClusterRole role, List<ClusterRole> all) {
        var rules = new LinkedHashSet<PolicyRule>();
        role.getAggregationRule()
                .getClusterRoleSelectors()
                .forEach(selector -> all.stream()
                        .filter(other -> !Keys.of(other).equals(Keys.of(role)))
                        .filter(other ->
                                Selectors.matches(selector, other.getMetadata().getLabels()))
                        .sorted(Comparator.comparing(Keys::of))
                        .forEach(other -> rules.addAll(other.getRules())));
        return new ArrayList<>(rules);
    }
}
