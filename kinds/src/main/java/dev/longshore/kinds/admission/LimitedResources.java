package dev.longshore.kinds.admission;

import static dev.longshore.kinds.kit.StrictConfiguration.Type.OBJECTS;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXT;
import static dev.longshore.kinds.kit.StrictConfiguration.Type.TEXTS;

import dev.longshore.kinds.kit.StrictConfiguration;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What nobody may use without a quota that covers it: `limitedResources` of the configuration of ResourceQuota.
final class LimitedResources {

    /// Without a configuration: a quota need not be there.
    static final LimitedResources NONE = new LimitedResources(List.of());

    private static final int FAILED = 500;
    private static final Map<String, StrictConfiguration.Type> FIELDS = Map.of(
            "limitedResources", OBJECTS,
            "limitedResources.apiGroup", TEXT,
            "limitedResources.resource", TEXT,
            "limitedResources.matchContains", TEXTS,
            "limitedResources.matchScopes", OBJECTS,
            "limitedResources.matchScopes.scopeName", TEXT,
            "limitedResources.matchScopes.operator", TEXT,
            "limitedResources.matchScopes.values", TEXTS);
    private static final StrictConfiguration FORM =
            new StrictConfiguration("ResourceQuotaConfiguration", List.of("apiserver.config.k8s.io/v1"), FIELDS);
    private static final StrictConfiguration OLD_FORM = new StrictConfiguration(
            "Configuration",
            List.of("resourcequota.admission.k8s.io/v1beta1", "resourcequota.admission.k8s.io/v1alpha1"),
            FIELDS);

    private final List<Rule> rules;

    private LimitedResources(List<Rule> rules) {
        this.rules = List.copyOf(rules);
    }

    /// @param parts of names of amounts, as `.storageclass.storage.k8s.io/requests.storage`
    /// @param scopes in which an object is limited, whatever it uses
    private record Rule(GroupResource resource, List<String> parts, List<QuotaScope> scopes) {}

    /// @param configuration may be missing
    /// @throws IllegalArgumentException if it says what cannot be
    static LimitedResources read(JsonNode configuration) {
        if (configuration.isMissingNode()) {
            return NONE;
        }
        boolean isOld = Trees.text(configuration, "kind").equals("Configuration");
        var rules = new ArrayList<Rule>();
        for (ObjectNode tree : Trees.list((isOld ? OLD_FORM : FORM).checked(configuration), "limitedResources")) {
            String resource = Trees.text(tree, "resource");
            if (resource.isEmpty()) {
                throw new IllegalArgumentException("limitedResources[" + rules.size() + "].resource: Required value");
            }
            rules.add(new Rule(
                    new GroupResource(Trees.text(tree, "apiGroup"), resource),
                    Trees.strings(tree, "matchContains"),
                    Trees.list(tree, "matchScopes").stream()
                            .map(QuotaScope::ofRule)
                            .toList()));
        }
        return new LimitedResources(rules);
    }

    boolean isEmpty() {
        return rules.isEmpty();
    }

    /// Refuses what uses more than before of something limited that no quota covers.
    ///
    /// @param quotas all of the namespace
    /// @param usage what the object uses
    void check(Attempt attempt, List<Resource> quotas, Map<String, Quantity> usage) {
        GroupResource resource = attempt.resource();
        Resource object = attempt.object().orElseThrow();
        var uncovered = new TreeSet<String>();
        usage.forEach((name, amount) -> {
            boolean isLimited = amount.signum() > 0
                    && rules.stream()
                            .filter(rule -> rule.resource.equals(resource))
                            .anyMatch(rule -> rule.parts.stream().anyMatch(name::contains));
            if (isLimited) {
                uncovered.add(name);
            }
        });
        quotas.stream()
                .filter(quota -> QuotaUsage.concerns(quota, resource, object))
                .forEach(quota -> uncovered.removeAll(quota.at("spec", "hard").propertyNames()));
        if (!uncovered.isEmpty()) {
            throw Attempts.forbidden(attempt, "insufficient quota to consume: " + String.join(",", uncovered));
        }
        checkScopes(resource, object, quotas);
    }

    private void checkScopes(GroupResource resource, Resource object, List<Resource> quotas) {
        List<String> covered = quotas.stream()
                .flatMap(quota -> QuotaScope.of(quota).stream())
                .filter(scope -> scope.holds(resource, object))
                .map(QuotaScope::name)
                .toList();
        List<String> uncovered = rules.stream()
                .flatMap(rule -> rule.scopes.stream())
                .filter(scope -> scope.holds(resource, object) && !covered.contains(scope.name()))
                .map(scope ->
                        "{%s %s [%s]}".formatted(scope.name(), scope.operator(), String.join(" ", scope.values())))
                .toList();
        if (!uncovered.isEmpty()) {
            // The original, too, calls that a failure of its own.
            throw new FaultException(new Fault.Foreign(
                    FAILED, "", "insufficient quota to match these scopes: [" + String.join(" ", uncovered) + "]"));
        }
    }
}
