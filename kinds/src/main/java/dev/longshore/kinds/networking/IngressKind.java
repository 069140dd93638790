package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP routes from outside to services.
final class IngressKind {

    private static final int SHOWN = 3;

    private IngressKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "networking.k8s.io/v1", "Ingress", "ingresses")
                .shortNames("ing")
                .prefix("ingress")
                .status()
                .table(Columns.named()
                        .text("Class", "Who serves it.", IngressKind::ingressClass)
                        .text("Hosts", "Which hosts it is for.", IngressKind::hosts)
                        .text("Address", "Where it is reached.", IngressKind::address)
                        .text(
                                "Ports",
                                "On which ports.",
                                ingress -> ingress.at("spec", "tls").isEmpty() ? "80" : "80, 443")
                        .age()
                        .table())
                .checks(IngressKind::check)
                .build();
    }

    private static void check(Checks checks, ObjectNode ingress) {
        JsonNode spec = ingress.path("spec");
        if (spec.path("rules").isEmpty() && !Trees.has(spec, "defaultBackend")) {
            checks.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified");
        }
        if (Trees.has(spec, "defaultBackend")) {
            backend(checks, "spec.defaultBackend", spec.path("defaultBackend"));
        }
        int index = 0;
        for (ObjectNode rule : Trees.list(spec, "rules")) {
            String path = "spec.rules[" + index++ + "]";
            String host = Trees.text(rule, "host");
            if (!host.isEmpty()) {
                checks.name(path + ".host", host.startsWith("*.") ? host.substring(2) : host, NameRule.DNS_SUBDOMAIN);
            }
            if (Trees.has(rule, "http") && rule.path("http").path("paths").isEmpty()) {
                checks.required(path + ".http.paths");
            }
            int number = 0;
            for (ObjectNode route : Trees.list(rule, "http", "paths")) {
                route(checks, path + ".http.paths[" + number++ + "]", route);
            }
        }
    }

    private static void route(Checks checks, String path, ObjectNode route) {
        String type = Trees.text(route, "pathType");
        String target = Trees.text(route, "path");
        if (type.isEmpty()) {
            checks.required(path + ".pathType", "pathType must be specified");
        }
        checks.oneOf(path + ".pathType", type, "Exact", "ImplementationSpecific", "Prefix");
        boolean isPlain = type.equals("Exact") || type.equals("Prefix");
        if (isPlain && !target.startsWith("/") || !target.isEmpty() && !target.startsWith("/")) {
            checks.invalid(path + ".path", target, "must be an absolute path");
        }
        for (String bad : new String[] {"//", "/./", "/../", "%2f", "%2F"}) {
            if (isPlain && target.contains(bad)) {
                checks.invalid(path + ".path", target, "must not contain '" + bad + "'");
            }
        }
        backend(checks, path + ".backend", route.path("backend"));
    }

    private static void backend(Checks checks, String path, JsonNode backend) {
        boolean isService = Trees.has(backend, "service");
        boolean isResource = Trees.has(backend, "resource");
        if (isService && isResource) {
            checks.invalid(path, "", "cannot set both resource and service backends");
        } else if (!isService && !isResource) {
            checks.invalid(path, "", "resource or service backend is required");
        } else if (isService) {
            checks.requiredName(
                    path + ".service.name", Trees.text(backend, "service", "name"), NameRule.DNS_1035_LABEL);
            String name = Trees.text(backend, "service", "port", "name");
            long number = Trees.number(backend, 0, "service", "port", "number");
            if (!name.isEmpty() && number != 0) {
                checks.invalid(path, "", "cannot set both port name & port number");
            } else if (!name.isEmpty()) {
                checks.portName(path + ".service.port.name", name);
            } else if (number == 0) {
                checks.required(path, "port name or number is required");
            } else {
                checks.port(path + ".service.port.number", number);
            }
        }
    }

    private static String ingressClass(Resource ingress) {
        String name = ingress.text("spec", "ingressClassName");
        String old = ingress.annotations().getOrDefault("kubernetes.io/ingress.class", "");
        if (!name.isEmpty()) {
            return name;
        }
        return old.isEmpty() ? "<none>" : old;
    }

    private static String hosts(Resource ingress) {
        var hosts = new ArrayList<String>();
        for (ObjectNode rule : Trees.list(ingress.tree(), "spec", "rules")) {
            String host = Trees.text(rule, "host");
            hosts.add(host.isEmpty() ? "*" : host);
        }
        if (hosts.isEmpty()) {
            return "*";
        }
        String shown = String.join(",", hosts.subList(0, Math.min(SHOWN, hosts.size())));
        return hosts.size() > SHOWN ? shown + " + " + (hosts.size() - SHOWN) + " more..." : shown;
    }

    private static String address(Resource ingress) {
        return String.join(
                ",",
                Trees.list(ingress.tree(), "status", "loadBalancer", "ingress").stream()
                        .map(one ->
                                Trees.text(one, "ip").isEmpty() ? Trees.text(one, "hostname") : Trees.text(one, "ip"))
                        .toList());
    }
}
