package dev.longshore.apiserver.audit;

import dev.longshore.model.Authorizer.Attributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// How much is told of which request: the first rule that fits decides, and nothing is told of what no rule fits.
///
/// @param omitStages never told, whatever a rule says
/// @param omitManagedFields whether objects are told without them, where a rule does not say
public record AuditPolicy(List<PolicyRule> rules, Set<AuditStage> omitStages, boolean omitManagedFields) {

    /// @throws IllegalArgumentException without a rule
    public AuditPolicy {
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("loaded illegal policy with 0 rules");
        }
        rules = List.copyOf(rules);
        omitStages = Set.copyOf(omitStages);
    }

    /// What a policy says about one request.
    public record Ruling(AuditLevel level, Set<AuditStage> omitStages, boolean omitManagedFields) {}

    /// What is told of `asked`.
    public Ruling judge(Attributes asked) {
        for (PolicyRule rule : rules) {
            if (rule.fits(asked)) {
                return new Ruling(
                        rule.level(), omitted(rule), rule.omitManagedFields().orElse(omitManagedFields));
            }
        }
        return new Ruling(AuditLevel.NONE, omitStages, omitManagedFields);
    }

    private Set<AuditStage> omitted(PolicyRule rule) {
        if (rule.omitStages().isEmpty()) {
            return omitStages;
        }
        var all = EnumSet.copyOf(rule.omitStages());
        all.addAll(omitStages);
        return all;
    }
}
