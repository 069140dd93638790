package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What classes of ingress, the addresses of services and the ranges they come from may not say.
final class ClassAndRangeChecks {

    private static final int MAX_CONTROLLER = 250;

    private ClassAndRangeChecks() {}

    static void ingressClass(Checks checks, ObjectNode object) {
        String controller = Trees.text(object, "spec", "controller");
        checks.tooLong("spec.controller", controller, MAX_CONTROLLER);
        checks.domainPrefixedPath("spec.controller", controller);
        if (!Trees.has(object, "spec", "parameters")) {
            return;
        }
        JsonNode parameters = Trees.at(object, "spec", "parameters");
        String path = "spec.parameters";
        IngressChecks.reference(checks, path, parameters);
        String scope = Trees.text(parameters, "scope");
        boolean hasNamespace = Trees.has(parameters, "namespace");
        switch (scope) {
            case "Namespace" -> {
                if (hasNamespace) {
                    checks.name(path + ".namespace", Trees.text(parameters, "namespace"), NameRule.DNS_LABEL);
                } else {
                    checks.required(path + ".namespace", "`parameters.scope` is set to 'Namespace'");
                }
            }
            case "Cluster" -> {
                if (hasNamespace) {
                    checks.forbidden(path + ".namespace", "`parameters.scope` is set to 'Cluster'");
                }
            }
            default -> checks.only(path + ".scope", scope, List.of("Cluster", "Namespace"));
        }
    }

    static void address(Checks checks, ObjectNode object) {
        if (!Trees.has(object, "spec", "parentRef")) {
            checks.required("spec.parentRef");
            return;
        }
        JsonNode parent = Trees.at(object, "spec", "parentRef");
        String path = "spec.parentRef";
        if (!Trees.text(parent, "group").isEmpty()) {
            checks.name(path + ".group", Trees.text(parent, "group"), NameRule.DNS_SUBDOMAIN);
        }
        for (String field : List.of("resource", "name")) {
            checks.requiredName(path + "." + field, Trees.text(parent, field), NameRule.PATH_SEGMENT);
        }
        checks.name(path + ".namespace", Trees.text(parent, "namespace"), NameRule.PATH_SEGMENT);
    }

    static void range(Checks checks, ObjectNode object) {
        JsonNode shown = Trees.at(object, "spec", "cidrs");
        List<String> blocks = Trees.strings(object, "spec", "cidrs");
        if (blocks.isEmpty()) {
            checks.required("spec.cidrs", "at least one CIDR required");
            return;
        }
        if (blocks.size() > 2) {
            checks.invalid(
                    "spec.cidrs",
                    InnerTypes.of("ServiceCIDRSpec", object.path("spec")),
                    "may only hold up to 2 values");
            return;
        }
        for (int i = 0; i < blocks.size(); i++) {
            checks.block("spec.cidrs[" + i + "]", blocks.get(i));
        }
        var families = blocks.stream()
                .flatMap(block -> IpText.Block.parse(block).stream())
                .map(block -> block.address().length)
                .toList();
        if (families.size() == 2 && families.getFirst().equals(families.getLast())) {
            checks.invalid(
                    "spec.cidrs",
                    shown,
                    "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64");
        }
    }

    /// A range may get a second family, and nothing else.
    static void rangeChange(Checks checks, ObjectNode object, ObjectNode old) {
        List<String> now = Trees.strings(object, "spec", "cidrs");
        List<String> before = Trees.strings(old, "spec", "cidrs");
        if (now.size() != before.size() && !(before.size() == 1 && now.size() == 2)) {
            checks.invalid("spec.cidrs", Trees.at(object, "spec", "cidrs"), Checks.IMMUTABLE);
            return;
        }
        for (int i = 0; i < before.size(); i++) {
            if (!now.get(i).equals(before.get(i))) {
                checks.invalid("spec.cidrs[" + i + "]", now.get(i), Checks.IMMUTABLE);
            }
        }
        if (now.size() > before.size()) {
            range(checks, object);
        }
    }
}
