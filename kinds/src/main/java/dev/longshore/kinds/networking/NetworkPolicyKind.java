package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
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
                .checks(NetworkPolicyKind::check)
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

    private static void check(Checks checks, ObjectNode policy) {
        Selectors.check(checks, "spec.podSelector", Trees.at(policy, "spec", "podSelector"));
        rules(checks, policy, "ingress", "from");
        rules(checks, policy, "egress", "to");
        for (String type : Trees.strings(policy, "spec", "policyTypes")) {
            checks.oneOf("spec.policyTypes", type, "Egress", "Ingress");
        }
    }

    private static void rules(Checks checks, ObjectNode policy, String direction, String peers) {
        int index = 0;
        for (ObjectNode rule : Trees.list(policy, "spec", direction)) {
            String path = "spec." + direction + "[" + index++ + "]";
            int number = 0;
            for (ObjectNode port : Trees.list(rule, "ports")) {
                String at = path + ".ports[" + number++ + "]";
                checks.requiredOneOf(at + ".protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
                checks.portNumberOrName(at + ".port", port.path("port"));
            }
            number = 0;
            for (ObjectNode peer : Trees.list(rule, peers)) {
                peer(checks, path + "." + peers + "[" + number++ + "]", peer);
            }
        }
    }

    private static void peer(Checks checks, String path, ObjectNode peer) {
        Selectors.check(checks, path + ".podSelector", peer.path("podSelector"));
        Selectors.check(checks, path + ".namespaceSelector", peer.path("namespaceSelector"));
        boolean isSelected = Trees.has(peer, "podSelector") || Trees.has(peer, "namespaceSelector");
        if (Trees.has(peer, "ipBlock")) {
            String block = Trees.text(peer, "ipBlock", "cidr");
            if (isSelected) {
                checks.forbidden(path, "may not specify both ipBlock and another peer");
            }
            if (checks.requiredText(path + ".ipBlock.cidr", block) && !Addresses.isBlock(block)) {
                checks.invalid(
                        path + ".ipBlock.cidr",
                        block,
                        "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        } else if (!isSelected) {
            checks.required(path, "must specify a peer");
        }
    }
}
