package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.ResourceNames;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import dev.longshore.model.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What a pod's own requests and limits must be like beside those of its containers, and the claims it makes.
record PodResourceChecks(Checks checks, String path) {

    void check(JsonNode spec, Set<String> known) {
        JsonNode resources = spec.path("resources");
        if (!resources.isObject()) {
            return;
        }
        String at = path + ".resources";
        if (Trees.text(spec, "os", "name").equals("windows")) {
            checks.forbidden(at, "may not be set for a windows pod");
            return;
        }
        new ResourceChecks(checks, at).pod(resources, known);
        sums(at, "requests", resources, PodAmounts.requests(spec));
        Map<String, Quantity> limits = PodAmounts.limits(spec);
        limits.keySet().removeIf(name -> !ResourceNames.isHugePages(name));
        sums(at, "limits", resources, limits);
        JsonNode containers = spec.path("containers");
        for (int i = 0; i < containers.size(); i++) {
            String list = at + ".containers[" + i + "]";
            Trees.at(containers.get(i), "resources", "limits").properties().forEach(limit -> {
                var most = Quantity.find(Trees.text(resources, "limits", limit.getKey()));
                var own = Quantity.find(limit.getValue().asString(""));
                if (most.isPresent() && own.isPresent() && own.get().compareTo(most.get()) > 0) {
                    checks.invalid(
                            list + "[" + limit.getKey() + "].limits",
                            own.get().toString(),
                            "must be less than or equal to pod limits of " + most.get());
                }
            });
        }
    }

    /// Of what the pod as a whole has an amount of, its containers together have no more.
    private void sums(String at, String list, JsonNode resources, Map<String, Quantity> sums) {
        sums.forEach((name, total) -> Quantity.find(Trees.text(resources, list, name))
                .filter(own -> total.compareTo(own) > 0)
                .ifPresent(own -> checks.invalid(
                        at + "." + list + "[" + name + "]",
                        own.toString(),
                        "must be greater than or equal to aggregate container " + list + " of " + total)));
    }

    /// Checks what the pod claims of devices. Pods of a node's own, which no scheduler sees, cannot.
    void claims(JsonNode spec, boolean isMirror) {
        if (isMirror) {
            spec.path("resourceClaims")
                    .forEach(claim -> checks.forbidden("", "static pods do not support resource claims"));
            return;
        }
        var seen = new HashSet<String>();
        Trees.each(spec, path, "resourceClaims", (at, claim) -> {
            String name = Trees.text(claim, "name");
            if (name.isEmpty()) {
                checks.required(at + ".name");
            } else if (!seen.add(name)) {
                checks.duplicate(at + ".name", name);
            } else {
                checks.name(at + ".name", name, NameRule.DNS_LABEL);
            }
            boolean isNamed = Trees.has(claim, "resourceClaimName");
            boolean isMade = Trees.has(claim, "resourceClaimTemplateName");
            if (isNamed && isMade) {
                checks.invalid(
                        at,
                        InnerTypes.of("PodResourceClaim", claim),
                        "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified");
            } else if (!isNamed && !isMade) {
                checks.invalid(
                        at,
                        InnerTypes.of("PodResourceClaim", claim),
                        "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`");
            }
            for (String field : List.of("resourceClaimName", "resourceClaimTemplateName")) {
                if (Trees.has(claim, field)) {
                    checks.name(at + "." + field, Trees.text(claim, field), NameRule.DNS_SUBDOMAIN);
                }
            }
        });
    }
}
