package dev.longshore.kinds.pods;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Addresses;
import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What pods' specs must be like.
public final class PodChecks {

    private static final long MAX_DEADLINE = Integer.MAX_VALUE;

    private PodChecks() {}

    /// Checks a controller's pod template, which must have labels that `selector` picks.
    public static void template(Checks checks, String path, JsonNode template, JsonNode selector) {
        Selectors.checkLabels(checks, path + ".metadata.labels", Trees.at(template, "metadata", "labels"));
        if (!Selectors.isEmpty(selector) && !Selectors.matches(selector, Trees.texts(template, "metadata", "labels"))) {
            JsonNode labels = Trees.at(template, "metadata", "labels");
            checks.invalid(
                    path + ".metadata.labels",
                    labels.isMissingNode() ? Json.object() : labels,
                    "`selector` does not match template `labels`");
        }
        spec(checks, path + ".spec", template.path("spec"));
    }

    /// Checks a pod's spec.
    public static void spec(Checks checks, String path, JsonNode spec) {
        Set<String> volumes = VolumeChecks.volumes(checks, path + ".volumes", spec);
        containers(checks, path, spec, volumes);
        checks.requiredOneOf(
                path + ".restartPolicy", Trees.text(spec, "restartPolicy"), "Always", "OnFailure", "Never");
        dns(checks, path, spec);
        JsonNode deadline = spec.path("activeDeadlineSeconds");
        if (deadline.isNumber() && (deadline.asLong() < 1 || deadline.asLong() > MAX_DEADLINE)) {
            checks.invalid(
                    path + ".activeDeadlineSeconds", deadline.asLong(), "must be between 1 and 2147483647, inclusive");
        }
        names(checks, path, spec);
        Selectors.checkLabels(checks, path + ".nodeSelector", spec.path("nodeSelector"));
        PlacementChecks.check(checks, path, spec);
        gates(checks, path, spec);
    }

    private static void containers(Checks checks, String path, JsonNode spec, Set<String> volumes) {
        if (spec.path("containers").isEmpty()) {
            checks.required(path + ".containers");
        }
        var names = new HashSet<String>();
        var hostPorts = new HashSet<String>();
        for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
            int index = 0;
            for (ObjectNode container : Trees.list(spec, list)) {
                String at = path + "." + list + "[" + index++ + "]";
                boolean isInit = list.equals("initContainers");
                new ContainerChecks(checks, at, container, volumes).check(isInit);
                checks.unique(at + ".name", Trees.text(container, "name"), names);
                if (list.equals("containers")) {
                    ContainerChecks.hostPorts(checks, at, container, hostPorts, Trees.flag(spec, "hostNetwork"));
                }
            }
        }
    }

    private static void dns(Checks checks, String path, JsonNode spec) {
        String policy = Trees.text(spec, "dnsPolicy");
        checks.requiredOneOf(path + ".dnsPolicy", policy, "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        var servers = Trees.strings(spec, "dnsConfig", "nameservers");
        if (policy.equals("None")) {
            if (!Trees.has(spec, "dnsConfig")) {
                checks.required(path + ".dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None");
            } else if (servers.isEmpty()) {
                checks.required(
                        path + ".dnsConfig.nameservers",
                        "must provide at least one DNS nameserver when `dnsPolicy` is None");
            }
        }
        if (servers.size() > 3) {
            checks.invalid(
                    path + ".dnsConfig.nameservers",
                    Trees.at(spec, "dnsConfig", "nameservers"),
                    "must not have more than 3 nameservers");
        }
    }

    private static void names(Checks checks, String path, JsonNode spec) {
        name(checks, path + ".serviceAccountName", Trees.text(spec, "serviceAccountName"), NameRule.DNS_SUBDOMAIN);
        name(checks, path + ".nodeName", Trees.text(spec, "nodeName"), NameRule.DNS_SUBDOMAIN);
        name(checks, path + ".hostname", Trees.text(spec, "hostname"), NameRule.DNS_LABEL);
        name(checks, path + ".subdomain", Trees.text(spec, "subdomain"), NameRule.DNS_LABEL);
        name(checks, path + ".priorityClassName", Trees.text(spec, "priorityClassName"), NameRule.DNS_SUBDOMAIN);
        name(checks, path + ".runtimeClassName", Trees.text(spec, "runtimeClassName"), NameRule.DNS_SUBDOMAIN);
        checks.nonNegative(path + ".terminationGracePeriodSeconds", spec.path("terminationGracePeriodSeconds"));
        int index = 0;
        for (ObjectNode alias : Trees.list(spec, "hostAliases")) {
            String at = path + ".hostAliases[" + index++ + "]";
            if (!Addresses.isAddress(Trees.text(alias, "ip"))) {
                checks.invalid(
                        at + ".ip",
                        Trees.text(alias, "ip"),
                        "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            }
            for (String host : Trees.strings(alias, "hostnames")) {
                checks.name(at + ".hostnames", host, NameRule.DNS_SUBDOMAIN);
            }
        }
    }

    private static void name(Checks checks, String path, String name, NameRule rule) {
        if (!name.isEmpty()) {
            checks.name(path, name, rule);
        }
    }

    private static void gates(Checks checks, String path, JsonNode spec) {
        var seen = new HashSet<String>();
        int index = 0;
        for (ObjectNode gate : Trees.list(spec, "schedulingGates")) {
            String at = path + ".schedulingGates[" + index++ + "]";
            String name = Trees.text(gate, "name");
            Selectors.checkKey(checks, at, name);
            checks.unique(at, name, seen);
        }
        index = 0;
        for (ObjectNode gate : Trees.list(spec, "readinessGates")) {
            Selectors.checkKey(
                    checks, path + ".readinessGates[" + index++ + "].conditionType", Trees.text(gate, "conditionType"));
        }
        checks.oneOf(path + ".os.name", Trees.text(spec, "os", "name"), "linux", "windows");
        checks.oneOf(path + ".preemptionPolicy", Trees.text(spec, "preemptionPolicy"), "PreemptLowerPriority", "Never");
    }
}
