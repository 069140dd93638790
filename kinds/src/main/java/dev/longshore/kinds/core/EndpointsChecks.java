package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What endpoints in the old spelling must be like.
final class EndpointsChecks {

    private EndpointsChecks() {}

    static void check(Checks checks, ObjectNode object) {
        Trees.each(object, "", "subsets", (path, subset) -> subset(checks, path.substring(1), subset));
    }

    /// What was stored once may stay as it is.
    static void change(Checks checks, ObjectNode object, ObjectNode old) {
        if (!Trees.same(object, old, "subsets")) {
            check(checks, object);
        }
    }

    private static void subset(Checks checks, String path, ObjectNode subset) {
        if (subset.path("addresses").isEmpty()
                && subset.path("notReadyAddresses").isEmpty()) {
            checks.required(path, "must specify `addresses` or `notReadyAddresses`");
        }
        Trees.each(subset, path, "addresses", (at, address) -> address(checks, at, address));
        Trees.each(subset, path, "notReadyAddresses", (at, address) -> address(checks, at, address));
        boolean needsName = subset.path("ports").size() > 1;
        Trees.each(subset, path, "ports", (at, port) -> port(checks, at, port, needsName));
    }

    private static void address(Checks checks, String at, ObjectNode address) {
        String ip = Trees.text(address, "ip");
        IpChecks.address(checks, at + ".ip", ip);
        String host = Trees.text(address, "hostname");
        if (!host.isEmpty()) {
            checks.name(at + ".hostname", host, NameRule.DNS_LABEL);
        }
        if (Trees.has(address, "nodeName")) {
            checks.name(at + ".nodeName", Trees.text(address, "nodeName"), NameRule.DNS_SUBDOMAIN);
        }
        IpChecks.ordinary(checks, at + ".ip", ip);
    }

    private static void port(Checks checks, String at, ObjectNode port, boolean needsName) {
        String name = Trees.text(port, "name");
        if (!name.isEmpty()) {
            checks.name(at + ".name", name, NameRule.DNS_LABEL);
        } else if (needsName) {
            checks.required(at + ".name");
        }
        checks.port(at + ".port", Trees.number(port, 0, "port"));
        checks.requiredAnyOf(at + ".protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
        if (Trees.has(port, "appProtocol")) {
            Selectors.checkKey(checks, at + ".appProtocol", Trees.text(port, "appProtocol"));
        }
    }

    static List<String> warnings(Resource object) {
        var warnings = new ArrayList<String>();
        Trees.each(object.tree(), "", "subsets", (path, subset) -> {
            for (String list : List.of("addresses", "notReadyAddresses")) {
                Trees.each(
                        subset,
                        path.substring(1),
                        list,
                        (at, address) -> warnings.addAll(IpChecks.warnings(at + ".ip", Trees.text(address, "ip"))));
            }
        });
        return warnings;
    }
}
