package dev.longshore.apiserver.audit;

import dev.longshore.model.Cause;
import dev.longshore.model.GoText;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What is wrong with a policy whose fields are of the right types, after kube-apiserver's validation.
final class PolicyChecks {

    private static final List<String> LEVELS =
            Arrays.stream(AuditLevel.values()).map(AuditLevel::text).toList();
    private static final String STAGES =
            Arrays.stream(AuditStage.values()).map(AuditStage::text).collect(Collectors.joining(","));

    private final JsonNode policy;
    private final List<Cause> causes = new ArrayList<>();

    PolicyChecks(JsonNode policy) {
        this.policy = policy;
    }

    List<Cause> find() {
        stages(policy, "omitStages");
        int at = 0;
        for (JsonNode rule : policy.path("rules")) {
            rule(rule, "rules[" + at++ + "]");
        }
        return causes;
    }

    private void rule(JsonNode rule, String path) {
        String level = rule.path("level").asString("");
        if (level.isEmpty()) {
            causes.add(Cause.required(path + ".level", ""));
        } else if (!LEVELS.contains(level)) {
            causes.add(Cause.unsupported(path + ".level", GoText.quoted(level), LEVELS));
        }
        paths(rule, path + ".nonResourceURLs");
        rule.path("resources").forEach(each -> resources(each, path + ".resources"));
        stages(rule, path + ".omitStages");
        boolean isAboutPaths = !rule.path("nonResourceURLs").isEmpty();
        boolean isAboutResources =
                !rule.path("resources").isEmpty() || !rule.path("namespaces").isEmpty();
        if (isAboutPaths && isAboutResources) {
            causes.add(Cause.invalid(
                    path + ".nonResourceURLs",
                    shown(rule.path("nonResourceURLs")),
                    "rules cannot apply to both regular resources and non-resource URLs"));
        }
    }

    private void paths(JsonNode rule, String path) {
        List<String> all = PolicyFields.list(rule, "nonResourceURLs");
        for (int i = 0; i < all.size(); i++) {
            String each = all.get(i);
            String at = path + "[" + i + "]";
            if (each.equals("*")) {
                continue;
            }
            if (!each.startsWith("/")) {
                causes.add(Cause.invalid(
                        at, GoText.quoted(each), "non-resource URL rules must begin with a '/' character"));
            }
            int star = each.indexOf('*');
            if (star >= 0 && star < each.length() - 1) {
                causes.add(Cause.invalid(
                        at,
                        GoText.quoted(each),
                        "non-resource URL wildcards '*' must be the final character of the rule"));
            }
        }
    }

    private void resources(JsonNode resources, String path) {
        String group = resources.path("group").asString("");
        if (!group.isEmpty() && !group.equals("*")) {
            List<String> faults = NameRule.DNS_SUBDOMAIN.check(group);
            if (!faults.isEmpty()) {
                causes.add(Cause.invalid(path + ".group", GoText.quoted(group), String.join(",", faults)));
            }
        }
        if (!resources.path("resourceNames").isEmpty()
                && resources.path("resources").isEmpty()) {
            causes.add(Cause.invalid(
                    path + ".resourceNames",
                    shown(resources.path("resourceNames")),
                    "using resourceNames requires at least one resource"));
        }
    }

    private void stages(JsonNode holder, String path) {
        List<String> names = PolicyFields.list(holder, "omitStages");
        for (int i = 0; i < names.size(); i++) {
            if (AuditStage.of(names.get(i)).isEmpty()) {
                causes.add(Cause.invalid(
                        path + "[" + i + "]", GoText.quoted(names.get(i)), "allowed stages are " + STAGES));
            }
        }
    }

    /// As messages show a list of texts: as JSON.
    private static String shown(JsonNode list) {
        return GoText.json(list);
    }
}
