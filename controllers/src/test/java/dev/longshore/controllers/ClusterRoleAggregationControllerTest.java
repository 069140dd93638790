package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterRoleAggregationControllerTest {

    private static final PolicyRule READ = rule("get");
    private static final PolicyRule WRITE = rule("update");

    private static PolicyRule rule(String verb) {
        return new PolicyRuleBuilder()
                .withApiGroups("")
                .withResources("pods")
                .withVerbs(verb)
                .build();
    }

    private static ClusterRole role(String name, PolicyRule... rules) {
        return new ClusterRoleBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(Map.of("to", "all"))
                .endMetadata()
                .withRules(rules)
                .build();
    }

    private static ClusterRole aggregated(String name, PolicyRule... rules) {
        return new ClusterRoleBuilder(role(name, rules))
                .withNewAggregationRule()
                .withClusterRoleSelectors(new LabelSelectorBuilder()
                        .withMatchLabels(Map.of("to", "all"))
                        .build())
                .endAggregationRule()
                .build();
    }

    @Test
    void rulesComeByTheNamesOfTheirRolesEachOnceAndNeverFromItself() {
        var all = aggregated("all", rule("delete"));

        assertThat(ClusterRoleAggregationController.rules(all, List.of(role("b", READ, WRITE), all, role("a", WRITE))))
                .containsExactly(WRITE, READ);
    }

    @Test
    void rolesWithOtherLabelsGiveNothing() {
        var other = new ClusterRoleBuilder(role("a", READ))
                .editMetadata()
                .withLabels(Map.of("to", "none"))
                .endMetadata()
                .build();

        assertThat(ClusterRoleAggregationController.rules(aggregated("all"), List.of(other)))
                .isEmpty();
    }
}
