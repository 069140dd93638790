package dev.longshore.kinds.services;

import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What clients should know about services that are accepted all the same.
final class ServiceWarnings {

    private ServiceWarnings() {}

    static List<String> of(Resource service) {
        var warnings = new ArrayList<String>();
        JsonNode spec = service.at("spec");
        if (service.annotations().containsKey("service.kubernetes.io/topology-aware-hints")) {
            warnings.add("annotation service.kubernetes.io/topology-aware-hints is deprecated, please use"
                    + " service.kubernetes.io/topology-mode instead");
        }
        String type = Trees.text(spec, "type");
        boolean isHeadless =
                type.equals("ClusterIP") && Trees.text(spec, "clusterIP").equals("None");
        boolean isElsewhere = type.equals("ExternalName");
        boolean hasExternal = !spec.path("externalIPs").isEmpty();
        if (!isHeadless) {
            spelling(warnings, spec, "clusterIPs");
        } else {
            headless(warnings, spec, hasExternal);
        }
        spelling(warnings, spec, "externalIPs");
        if (hasExternal && !isHeadless && !isElsewhere) {
            warnings.add("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
        }
        String balancer = Trees.text(spec, "loadBalancerIP");
        if (!balancer.isEmpty()) {
            warnings.addAll(IpChecks.warnings("spec.loadBalancerIP", balancer));
        }
        if (isElsewhere && hasExternal) {
            warnings.add("spec.externalIPs is ignored when spec.type is \"ExternalName\"");
        }
        if (!isElsewhere && !Trees.text(spec, "externalName").isEmpty()) {
            warnings.add("spec.externalName is ignored when spec.type is not \"ExternalName\"");
        }
        if (Trees.text(spec, "trafficDistribution").equals("PreferClose")) {
            warnings.add("spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"");
        }
        return warnings;
    }

    private static void headless(List<String> warnings, JsonNode spec, boolean hasExternal) {
        if (!Trees.text(spec, "loadBalancerIP").isEmpty()) {
            warnings.add("spec.loadBalancerIP is ignored for headless services");
        }
        if (hasExternal) {
            warnings.add("spec.externalIPs is ignored for headless services");
        }
        if (!Trees.text(spec, "sessionAffinity").equals("None")) {
            warnings.add("spec.SessionAffinity is ignored for headless services");
        }
    }

    private static void spelling(List<String> warnings, JsonNode spec, String field) {
        List<String> addresses = Trees.strings(spec, field);
        for (int i = 0; i < addresses.size(); i++) {
            warnings.addAll(IpChecks.warnings("spec." + field + "[" + i + "]", addresses.get(i)));
        }
    }
}
