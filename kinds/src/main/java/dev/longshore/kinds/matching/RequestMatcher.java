package dev.longshore.kinds.matching;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.AdmissionSetting;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.LabelSelector;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// For which requests a webhook or a policy is. Conditions in CEL come after it. Never changes.
///
/// @param rules one of which must fit
/// @param exclusions none of which may
/// @param isForAllWithoutRules what it means that there are no rules
/// @param isEquivalent whether a rule for another version of the same objects fits too
public record RequestMatcher(
        List<RequestRule> rules,
        List<RequestRule> exclusions,
        boolean isForAllWithoutRules,
        boolean isEquivalent,
        LabelSelector namespaces,
        LabelSelector objects) {

    static final GroupResource NAMESPACES = new GroupResource("", "namespaces");

    public RequestMatcher {
        rules = List.copyOf(rules);
        exclusions = List.copyOf(exclusions);
    }

    /// How a request fits: as what whoever is asked must see it.
    ///
    /// @param resource the one that the rule names
    /// @param kind what is sent there
    public record Match(GroupVersionResource resource, GroupVersionKind kind) {}

    /// That of a webhook.
    public static RequestMatcher ofWebhook(JsonNode webhook) {
        return new RequestMatcher(
                rules(webhook, "rules"),
                List.of(),
                false,
                Trees.text(webhook, "matchPolicy").equals("Equivalent"),
                LabelSelector.of(webhook.path("namespaceSelector")),
                LabelSelector.of(webhook.path("objectSelector")));
    }

    /// That of a policy's `matchConstraints` or of a binding's `matchResources`, which may be missing.
    public static RequestMatcher ofPolicy(JsonNode match) {
        return new RequestMatcher(
                rules(match, "resourceRules"),
                rules(match, "excludeResourceRules"),
                true,
                !Trees.text(match, "matchPolicy").equals("Exact"),
                LabelSelector.of(match.path("namespaceSelector")),
                LabelSelector.of(match.path("objectSelector")));
    }

    private static List<RequestRule> rules(JsonNode owner, String field) {
        return Trees.list(owner, field).stream().map(RequestRule::of).toList();
    }

    /// How `attempt` fits; empty if it does not.
    ///
    /// @throws FaultException with [Fault.NotFound] if its namespace would have to be looked at and is not there
    public Optional<Match> match(Attempt attempt, Registry registry) {
        // The cheapest first: selectors need labels.
        if (matches(exclusions, attempt).isPresent()) {
            return Optional.empty();
        }
        Optional<Match> match = rules.isEmpty() && isForAllWithoutRules
                ? Optional.of(new Match(attempt.requested(), attempt.kind()))
                : matches(rules, attempt);
        return match.filter(found -> fitsObject(attempt) && fitsNamespace(attempt, registry));
    }

    private Optional<Match> matches(List<RequestRule> any, Attempt attempt) {
        if (any.isEmpty()) {
            return Optional.empty();
        }
        GroupVersionResource requested = attempt.requested();
        if (any.stream().anyMatch(rule -> rule.fits(attempt, requested))) {
            return Optional.of(new Match(requested, attempt.kind()));
        }
        if (!isEquivalent) {
            return Optional.empty();
        }
        List<AdmissionSetting.View> equivalents = attempt.setting().equivalents();
        // Of several rules the first counts, whichever version it names.
        for (RequestRule rule : any) {
            for (AdmissionSetting.View view : equivalents) {
                if (rule.fits(attempt, view.resource())) {
                    return Optional.of(new Match(view.resource(), view.kind()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean fitsObject(Attempt attempt) {
        return objects.isEverything() || hasLabels(attempt.object()) || hasLabels(attempt.old());
    }

    private boolean hasLabels(Optional<Resource> object) {
        return object.filter(known -> objects.fits(known.labels())).isPresent();
    }

    private boolean fitsNamespace(Attempt attempt, Registry registry) {
        boolean isOfNamespace = attempt.resource().equals(NAMESPACES);
        String namespace = namespace(attempt);
        if (namespaces.isEverything() || namespace.isEmpty() && !isOfNamespace) {
            return true;
        }
        return namespaces.fits(labels(attempt, registry, isOfNamespace, namespace));
    }

    /// In which namespace whoever is asked sees an attempt: a Namespace is in itself.
    public static String namespace(Attempt attempt) {
        if (!attempt.resource().equals(NAMESPACES)) {
            return attempt.namespace();
        }
        return attempt.name().isEmpty() ? attempt.object().map(Resource::name).orElse("") : attempt.name();
    }

    private static Map<String, String> labels(
            Attempt attempt, Registry registry, boolean isOfNamespace, String namespace) {
        boolean isWritten = isOfNamespace
                && attempt.subresource().isEmpty()
                && (attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE);
        if (isWritten) {
            return attempt.object().map(Resource::labels).orElse(Map.of());
        }
        return registry.get(NAMESPACES, "", namespace)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(NAMESPACES, namespace)))
                .labels();
    }
}
