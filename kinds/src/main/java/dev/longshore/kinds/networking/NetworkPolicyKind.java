package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Who may talk to which pods, and to whom they may.
final class NetworkPolicyKind {

    private NetworkPolicyKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "networking.k8s.io/v1", "NetworkPolicy", "networkpolicies")
                .shortNames("netpol")
                .table(Columns.named()
                        .text(
                                "Pod-Selector",
                                "Which pods it is about.",
                                policy -> Selectors.shown(policy.at("spec", "podSelector")))
                        .age()
                        .table())
                .defaults(policy -> Trees.object(policy, "spec").ifPresent(NetworkPolicyKind::defaults))
                .newChecks((checks, policy) -> NetworkPolicyChecks.check(checks, policy, Set.of()))
                .changeChecks(NetworkPolicyChecks::changed)
                .warnings(NetworkPolicyChecks::warnings)
                .build();
    }

    private static void defaults(ObjectNode spec) {
        if (spec.path("policyTypes").isEmpty()) {
            var types = spec.putArray("policyTypes").add("Ingress");
            if (!spec.path("egress").isEmpty()) {
                types.add("Egress");
            }
        }
        for (String direction : List.of("ingress", "egress")) {
            for (ObjectNode rule : Trees.list(spec, direction)) {
                Trees.list(rule, "ports").forEach(port -> Defaults.put(port, "protocol", "TCP"));
            }
        }
    }
}
