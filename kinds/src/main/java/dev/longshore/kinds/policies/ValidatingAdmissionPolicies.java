package dev.longshore.kinds.policies;

import dev.longshore.base.Time;
import dev.longshore.kinds.matching.Exemptions;
import dev.longshore.kinds.matching.RequestFacts;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Registry;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Asks the ValidatingAdmissionPolicies that are in force. All that match are asked, and the first that refused is
/// named; a refusal may also be but a warning, or a note for the audit. Thread-safe.
public final class ValidatingAdmissionPolicies implements Admission {

    private final Supplier<Authorizer> authorizer;
    private final Time time;
    private final PolicyTally tally = new PolicyTally();
    private final PolicySet<ValidatingPolicy> policies =
            new PolicySet<>("validatingadmissionpolicies", "validatingadmissionpolicybindings", ValidatingPolicy::new);

    /// @param authorizer whom expressions ask; asked for when first needed
    public ValidatingAdmissionPolicies(Supplier<Authorizer> authorizer, Time time) {
        this.authorizer = authorizer;
        this.time = time;
    }

    @Override
    public List<MetricFamily> metrics() {
        return tally.families();
    }

    @Override
    public String name() {
        return "ValidatingAdmissionPolicy";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        List<PolicySet.InForce<ValidatingPolicy>> all = policies.all(registry);
        if (all.isEmpty() || Exemptions.isConfiguration(attempt) || Exemptions.isReview(attempt)) {
            return;
        }
        new Round(attempt, registry).run(all);
    }

    /// One request, asked about.
    private final class Round {
        private final Attempt attempt;
        private final Registry registry;
        private final RequestFacts facts;
        private final RequestNamespace namespace;
        private final ValidationReport report;

        Round(Attempt attempt, Registry registry) {
            this.attempt = attempt;
            this.registry = registry;
            this.facts = new RequestFacts(attempt, authorizer.get());
            this.namespace = new RequestNamespace(attempt, registry);
            this.report = new ValidationReport(attempt, tally);
        }

        void run(List<PolicySet.InForce<ValidatingPolicy>> all) {
            for (var each : all) {
                ask(each.policy(), each.bindings());
            }
            report.finish();
        }

        private void ask(ValidatingPolicy policy, List<PolicyBinding> bindings) {
            Optional<RequestMatcher.Match> match;
            Optional<Registry.Objects> objects;
            try {
                match = policy.head().matcher().match(attempt, registry);
                if (match.isEmpty()) {
                    return;
                }
                objects = ParamReference.objects(policy.head(), registry);
            } catch (FaultException | ParamReference.Misconfigured wrong) {
                report.misconfigured(policy.head(), Optional.empty(), wrong.getMessage());
                return;
            }
            for (PolicyBinding binding : bindings) {
                ask(policy, binding, match.get(), objects);
            }
            report.published(policy.head());
        }

        private void ask(
                ValidatingPolicy policy,
                PolicyBinding binding,
                RequestMatcher.Match match,
                Optional<Registry.Objects> objects) {
            List<JsonNode> params;
            try {
                if (binding.matcher().match(attempt, registry).isEmpty()) {
                    return;
                }
                params = ParamReference.params(objects, binding, RequestMatcher.namespace(attempt));
            } catch (FaultException | ParamReference.Misconfigured wrong) {
                report.misconfigured(policy.head(), Optional.of(binding), wrong.getMessage());
                return;
            }
            for (JsonNode each : params) {
                var input = facts.input(match, match.resource(), each, namespace.tree());
                var conditional = facts.input(match, attempt.requested(), each, MissingNode.getInstance());
                report.add(
                        policy.head(),
                        binding,
                        new Validator(policy, tally, time).validate(attempt, conditional, input));
            }
        }
    }
}
