package dev.longshore.kinds.networking;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Tightened;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.IpText;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an Ingress may not say.
final class IngressChecks {

    private static final String CLASS = "kubernetes.io/ingress.class";
    private static final List<String> PATH_TYPES = List.of("Exact", "ImplementationSpecific", "Prefix");

    private IngressChecks() {}

    static void check(Checks checks, ObjectNode ingress) {
        JsonNode spec = ingress.path("spec");
        if (spec.path("rules").isEmpty() && !Trees.has(spec, "defaultBackend")) {
            checks.invalid("spec", spec.path("rules"), "either `defaultBackend` or `rules` must be specified");
        }
        if (Trees.has(spec, "defaultBackend")) {
            backend(checks, "spec.defaultBackend", spec.path("defaultBackend"));
        }
        int index = 0;
        for (ObjectNode rule : Trees.list(spec, "rules")) {
            rule(checks, "spec.rules[" + index++ + "]", rule);
        }
        index = 0;
        for (ObjectNode tls : Trees.list(spec, "tls")) {
            tls(checks, "spec.tls[" + index++ + "]", tls);
        }
        if (Trees.has(spec, "ingressClassName")) {
            checks.name("spec.ingressClassName", Trees.text(spec, "ingressClassName"), NameRule.DNS_SUBDOMAIN);
        }
    }

    /// A rule for new objects only: what was accepted before the field came may go on.
    static void checkNew(Checks checks, ObjectNode ingress) {
        JsonNode annotation = Trees.at(ingress, "metadata", "annotations", CLASS);
        if (annotation.isString()
                && Trees.has(ingress, "spec", "ingressClassName")
                && !annotation.asString().equals(Trees.text(ingress, "spec", "ingressClassName"))) {
            checks.invalid(
                    "annotations." + CLASS,
                    annotation.asString(),
                    "must match `ingressClassName` when both are specified");
        }
    }

    private static void tls(Checks checks, String path, ObjectNode tls) {
        int index = 0;
        for (String host : Trees.strings(tls, "hosts")) {
            checks.hostName(path + ".hosts[" + index++ + "]", host);
        }
        String secret = Trees.text(tls, "secretName");
        if (!secret.isEmpty()) {
            checks.under(
                    Tightened.TLS_SECRETS, () -> checks.name(path + ".secretName", secret, NameRule.DNS_SUBDOMAIN));
        }
    }

    private static void rule(Checks checks, String path, ObjectNode rule) {
        String host = Trees.text(rule, "host");
        if (!host.isEmpty()) {
            if (IpText.parse(host).isPresent()) {
                checks.invalid(path + ".host", host, "must be a DNS name, not an IP address");
            }
            checks.hostName(path + ".host", host);
        }
        if (host.contains("*")) {
            checks.under(Tightened.WILDCARD_ROUTES, () -> routes(checks, path, rule));
        } else {
            routes(checks, path, rule);
        }
    }

    private static void routes(Checks checks, String path, ObjectNode rule) {
        if (Trees.has(rule, "http") && rule.path("http").path("paths").isEmpty()) {
            checks.required(path + ".http.paths");
        }
        int index = 0;
        for (ObjectNode route : Trees.list(rule, "http", "paths")) {
            route(checks, path + ".http.paths[" + index++ + "]", route);
        }
    }

    private static void route(Checks checks, String path, ObjectNode route) {
        if (!Trees.has(route, "pathType")) {
            checks.required(path + ".pathType", "pathType must be specified");
            return;
        }
        String type = Trees.text(route, "pathType");
        String target = Trees.text(route, "path");
        switch (type) {
            case "Exact", "Prefix" -> plainPath(checks, path + ".path", target);
            case "ImplementationSpecific" -> {
                if (!target.isEmpty() && !target.startsWith("/")) {
                    checks.invalid(path + ".path", target, "must be an absolute path");
                }
            }
            default -> checks.add(Cause.unsupported(path + ".pathType", Cause.quote(type), PATH_TYPES));
        }
        backend(checks, path + ".backend", route.path("backend"));
    }

    private static void plainPath(Checks checks, String path, String target) {
        if (!target.startsWith("/")) {
            checks.invalid(path, target, "must be an absolute path");
        }
        for (String bad : List.of("//", "/./", "/../", "%2f", "%2F")) {
            if (target.contains(bad)) {
                checks.invalid(path, target, "must not contain '" + bad + "'");
            }
        }
        for (String bad : List.of("/..", "/.")) {
            if (target.endsWith(bad)) {
                checks.invalid(path, target, "cannot end with '" + bad + "'");
            }
        }
    }

    private static void backend(Checks checks, String path, JsonNode backend) {
        boolean isService = Trees.has(backend, "service");
        boolean isResource = Trees.has(backend, "resource");
        if (isService && isResource) {
            checks.invalid(path, "", "cannot set both resource and service backends");
        } else if (isResource) {
            reference(checks, path + ".resource", backend.path("resource"));
        } else if (isService) {
            service(checks, path, backend.path("service"));
        } else {
            checks.invalid(path, "", "resource or service backend is required");
        }
    }

    private static void service(Checks checks, String path, JsonNode service) {
        checks.requiredName(path + ".service.name", Trees.text(service, "name"), NameRule.DNS_LABEL);
        String name = Trees.text(service, "port", "name");
        long number = Trees.number(service, 0, "port", "number");
        if (!name.isEmpty() && number != 0) {
            checks.invalid(path, "", "cannot set both port name & port number");
        } else if (!name.isEmpty()) {
            checks.portName(path + ".service.port.name", name);
        } else if (number != 0) {
            checks.port(path + ".service.port.number", number);
        } else {
            checks.required(path, "port name or number is required");
        }
    }

    /// Something by kind and name, and perhaps API group.
    static void reference(Checks checks, String path, JsonNode reference) {
        if (Trees.has(reference, "apiGroup")) {
            checks.name(path + ".apiGroup", Trees.text(reference, "apiGroup"), NameRule.DNS_SUBDOMAIN);
        }
        for (String field : List.of("kind", "name")) {
            checks.requiredName(path + "." + field, Trees.text(reference, field), NameRule.PATH_SEGMENT);
        }
    }

    static void status(Checks checks, ObjectNode ingress, ObjectNode old) {
        List<String> known = Trees.list(old, "status", "loadBalancer", "ingress").stream()
                .map(one -> Trees.text(one, "ip"))
                .toList();
        int index = 0;
        for (ObjectNode point : Trees.list(ingress, "status", "loadBalancer", "ingress")) {
            String path = "status.loadBalancer.ingress[" + index++ + "]";
            String ip = Trees.text(point, "ip");
            if (!ip.isEmpty() && !known.contains(ip)) {
                checks.legacyAddress(path + ".ip", ip);
            }
            String host = Trees.text(point, "hostname");
            if (!host.isEmpty()) {
                checks.name(path + ".hostname", host, NameRule.DNS_SUBDOMAIN);
                if (IpText.parse(host).isPresent()) {
                    checks.invalid(path + ".hostname", host, "must be a DNS name, not an IP address");
                }
            }
        }
    }
}
