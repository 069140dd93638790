package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a NetworkPolicy may not say.
final class NetworkPolicyChecks {

    private static final List<String> PROTOCOLS = List.of("TCP", "UDP", "SCTP");
    private static final List<String> TYPES = List.of("Ingress", "Egress");

    private NetworkPolicyChecks() {}

    /// @param known the address blocks that were there before, which are not judged again
    static void check(Checks checks, ObjectNode policy, Set<String> known) {
        JsonNode spec = policy.path("spec");
        Selectors.checkOrKept(checks, "spec.podSelector", spec.path("podSelector"));
        rules(checks, spec, "ingress", "from", known);
        rules(checks, spec, "egress", "to", known);
        List<String> types = Trees.strings(spec, "policyTypes");
        if (types.size() > TYPES.size()) {
            checks.invalid("spec.policyTypes", spec.path("policyTypes"), "may not specify more than two policyTypes");
            return;
        }
        for (int i = 0; i < types.size(); i++) {
            checks.only("spec.policyTypes[" + i + "]", types.get(i), TYPES);
        }
    }

    /// Checks a change; what the policy had before is not judged again.
    static void changed(Checks checks, ObjectNode policy, ObjectNode old) {
        Set<String> known = blocks(old);
        check(checks, policy, known);
        checks.forgive(past -> check(past, old, known));
    }

    private static void rules(Checks checks, JsonNode spec, String direction, String peers, Set<String> known) {
        int index = 0;
        for (ObjectNode rule : Trees.list(spec, direction)) {
            String path = "spec." + direction + "[" + index++ + "]";
            int number = 0;
            for (ObjectNode port : Trees.list(rule, "ports")) {
                port(checks, path + ".ports[" + number++ + "]", port);
            }
            number = 0;
            for (ObjectNode peer : Trees.list(rule, peers)) {
                peer(checks, path + "." + peers + "[" + number++ + "]", peer, known);
            }
        }
    }

    private static void port(Checks checks, String path, ObjectNode rule) {
        checks.only(path + ".protocol", Trees.text(rule, "protocol"), PROTOCOLS);
        JsonNode port = rule.path("port");
        boolean hasEnd = Trees.has(rule, "endPort");
        long end = Trees.number(rule, 0, "endPort");
        if (!Trees.has(rule, "port")) {
            if (hasEnd) {
                checks.invalid(path + ".endPort", end, "may not be specified when `port` is not specified");
            }
        } else if (port.isNumber()) {
            checks.port(path + ".port", port.asLong());
            if (hasEnd && end < port.asLong()) {
                checks.invalid(path + ".endPort", end, "must be greater than or equal to `port`");
            }
            if (hasEnd) {
                checks.port(path + ".endPort", end);
            }
        } else {
            if (hasEnd) {
                checks.invalid(path + ".endPort", end, "may not be specified when `port` is non-numeric");
            }
            checks.portName(path + ".port", port.asString());
        }
    }

    private static void peer(Checks checks, String path, ObjectNode peer, Set<String> known) {
        int count = 0;
        for (String selector : List.of("podSelector", "namespaceSelector")) {
            if (Trees.has(peer, selector)) {
                count++;
                Selectors.checkOrKept(checks, path + "." + selector, peer.path(selector));
            }
        }
        boolean hasBlock = Trees.has(peer, "ipBlock");
        if (hasBlock) {
            block(checks, path + ".ipBlock", peer.path("ipBlock"), known);
        }
        if (count == 0 && !hasBlock) {
            checks.required(path, "must specify a peer");
        } else if (count > 0 && hasBlock) {
            checks.forbidden(path, "may not specify both ipBlock and another peer");
        }
    }

    private static void block(Checks checks, String path, JsonNode block, Set<String> known) {
        String text = Trees.text(block, "cidr");
        if (!checks.requiredText(path + ".cidr", text)) {
            return;
        }
        legacyBlock(checks, path + ".cidr", text, known);
        Optional<IpText.Block> whole = IpText.Block.parse(text);
        if (whole.isEmpty()) {
            return;
        }
        int index = 0;
        for (String except : Trees.strings(block, "except")) {
            String at = path + ".except[" + index++ + "]";
            legacyBlock(checks, at, except, known);
            IpText.Block.parse(except)
                    .filter(part -> !whole.get().strictlyContains(part))
                    .ifPresent(part -> checks.invalid(at, except, "must be a strict subset of `cidr`"));
        }
    }

    private static void legacyBlock(Checks checks, String path, String text, Set<String> known) {
        if (!known.contains(text)) {
            checks.legacyBlock(path, text);
        }
    }

    /// Every address block that `policy` names.
    static Set<String> blocks(ObjectNode policy) {
        var blocks = new HashSet<String>();
        eachBlock(policy, (path, block) -> blocks.add(block));
        return blocks;
    }

    static List<String> warnings(Resource policy) {
        var warnings = new ArrayList<String>();
        eachBlock(policy.tree(), (path, block) -> {
            boolean isOdd =
                    IpText.blockFaults(block).stream().anyMatch(fault -> fault.startsWith("must be in canonical"));
            if (isOdd) {
                IpText.Block.parse(block)
                        .ifPresent(parsed ->
                                warnings.add("%s: IPv6 CIDR value %s should be in RFC 5952 canonical format (%s)"
                                        .formatted(path, Cause.quote(block), Cause.quote(parsed.toString()))));
            }
        });
        return warnings;
    }

    private interface Visitor {
        void visit(String path, String block);
    }

    private static void eachBlock(ObjectNode policy, Visitor visitor) {
        for (String direction : List.of("ingress", "egress")) {
            String peers = direction.equals("ingress") ? "from" : "to";
            int index = 0;
            for (ObjectNode rule : Trees.list(policy, "spec", direction)) {
                int number = 0;
                for (ObjectNode peer : Trees.list(rule, peers)) {
                    String path = "spec." + direction + "[" + index + "]." + peers + "[" + number++ + "].ipBlock";
                    if (Trees.has(peer, "ipBlock", "cidr")) {
                        visitor.visit(path + ".cidr", Trees.text(peer, "ipBlock", "cidr"));
                    }
                    int except = 0;
                    for (String block : Trees.strings(peer, "ipBlock", "except")) {
                        visitor.visit(path + ".except[" + except++ + "]", block);
                    }
                }
                index++;
            }
        }
    }
}
