package dev.longshore.kinds.policies;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.matching.Exemptions;
import dev.longshore.kinds.matching.MatchConditions;
import dev.longshore.kinds.matching.RequestFacts;
import dev.longshore.kinds.matching.RequestMatcher;
import dev.longshore.model.Admission;
import dev.longshore.model.AdmissionRounds;
import dev.longshore.model.Authorizer;
import dev.longshore.model.FaultException;
import dev.longshore.model.MetricFamily;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// Lets the MutatingAdmissionPolicies that are in force change an object, one after the other in the order of their
/// names. Which of them match is settled before the first changes anything. Thread-safe.
public final class MutatingAdmissionPolicies implements Admission {

    private static final String NAME = "MutatingAdmissionPolicy";

    private final Supplier<Authorizer> authorizer;
    private final Time time;
    private final PolicyTally tally = new PolicyTally();
    private final PolicySet<MutatingPolicy> policies =
            new PolicySet<>("mutatingadmissionpolicies", "mutatingadmissionpolicybindings", MutatingPolicy::new);

    /// @param authorizer whom expressions ask; asked for when first needed
    public MutatingAdmissionPolicies(Supplier<Authorizer> authorizer, Time time) {
        this.authorizer = authorizer;
        this.time = time;
    }

    @Override
    public List<MetricFamily> metrics() {
        return tally.families();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        List<PolicySet.InForce<MutatingPolicy>> all = policies.all(registry);
        if (all.isEmpty()
                || attempt.operation() == Operation.DELETE
                || Exemptions.isConfiguration(attempt)
                || Exemptions.isReview(attempt)) {
            return;
        }
        new Round(attempt, registry).run(all);
    }

    /// A policy that matches, with one object of parameters.
    private record Invocation(
            MutatingPolicy policy, PolicyBinding binding, RequestMatcher.Match match, JsonNode params) {

        Reinvocations.Invocation key() {
            String name = params.isMissingNode()
                    ? ""
                    : Trees.text(params, "metadata", "namespace") + "/" + Trees.text(params, "metadata", "name");
            return new Reinvocations.Invocation(policy.head().name(), binding.name(), name);
        }
    }

    /// One round about one request.
    private final class Round {
        private final Attempt attempt;
        private final Registry registry;
        private final RequestNamespace namespace;
        private final List<String> refusals = new ArrayList<>();
        /// Of the first refusal.
        private String reason = "Forbidden";

        Round(Attempt attempt, Registry registry) {
            this.attempt = attempt;
            this.registry = registry;
            this.namespace = new RequestNamespace(attempt, registry);
        }

        void run(List<PolicySet.InForce<MutatingPolicy>> all) {
            var invocations = new ArrayList<Invocation>();
            for (var each : all) {
                collect(each.policy(), each.bindings(), invocations);
            }
            if (!invocations.isEmpty() && attempt.object().isPresent()) {
                change(attempt.object().get(), invocations);
            }
            if (!refusals.isEmpty()) {
                throw Refusal.unchanged(attempt, refusals, reason);
            }
        }

        private void collect(MutatingPolicy policy, List<PolicyBinding> bindings, List<Invocation> invocations) {
            Optional<RequestMatcher.Match> match;
            Optional<Registry.Objects> objects;
            try {
                match = policy.head().matcher().match(attempt, registry);
                if (match.isEmpty()) {
                    return;
                }
                objects = ParamReference.objects(policy.head(), registry);
            } catch (FaultException | ParamReference.Misconfigured wrong) {
                refuse(policy, Optional.empty(), "failed to configure policy: " + wrong.getMessage(), "Forbidden");
                return;
            }
            for (PolicyBinding binding : bindings) {
                try {
                    if (binding.matcher().match(attempt, registry).isPresent()) {
                        ParamReference.params(objects, binding, RequestMatcher.namespace(attempt))
                                .forEach(params ->
                                        invocations.add(new Invocation(policy, binding, match.get(), params)));
                    }
                } catch (FaultException | ParamReference.Misconfigured wrong) {
                    refuse(
                            policy,
                            Optional.of(binding),
                            "failed to configure binding: " + wrong.getMessage(),
                            "Forbidden");
                }
            }
        }

        private void change(Resource object, List<Invocation> invocations) {
            AdmissionRounds rounds = attempt.setting().rounds();
            Reinvocations again = rounds.memory(NAME, Reinvocations.class, Reinvocations::new);
            if (rounds.isSecond()) {
                again.begin(object);
            }
            for (Invocation invocation : invocations) {
                if (!matches(invocation)) {
                    continue;
                }
                Reinvocations.Invocation key = invocation.key();
                if (rounds.isSecond() && !again.isWanted(key)) {
                    continue;
                }
                if (change(object, invocation)) {
                    again.changed();
                    rounds.wantSecond();
                }
                if (invocation.policy.isReinvoked()) {
                    again.asked(key);
                }
            }
            again.end(object);
        }

        private boolean matches(Invocation invocation) {
            MatchConditions conditions = invocation.policy.compiled().conditions();
            if (conditions.isEmpty()) {
                return true;
            }
            var input =
                    facts().input(invocation.match, attempt.requested(), invocation.params, MissingNode.getInstance());
            long begun = time.nanoTime();
            MatchConditions.Verdict verdict = conditions.judge(input);
            tally.conditions().judged(invocation.policy.head().name(), attempt, verdict, time.nanoTime() - begun);
            return switch (verdict) {
                case MatchConditions.Verdict.Holds() -> true;
                case MatchConditions.Verdict.Fails(String name) -> false;
                case MatchConditions.Verdict.Unknown(String why) -> {
                    refuse(invocation.policy, Optional.of(invocation.binding), why, "Invalid");
                    yield false;
                }
            };
        }

        /// True if the object is another one now.
        private boolean change(Resource object, Invocation invocation) {
            Resource before = object.copy();
            MutatingPolicy.Compiled compiled = invocation.policy.compiled();
            var mutator = new Mutator(attempt.setting());
            String error = "";
            long begun = time.nanoTime();
            for (MutatingPolicy.Mutation mutation : compiled.mutations()) {
                Resource seen = attempt.setting().as(object, invocation.match.kind());
                var input = facts().input(
                                invocation.match, invocation.match.resource(), invocation.params, namespace.tree());
                try {
                    Resource changed = mutator.changed(seen, compiled, mutation, input);
                    replace(object, attempt.setting().as(changed, object.kind()));
                } catch (CompiledExpression.Failed failed) {
                    error = failed.getMessage();
                    refuse(invocation.policy, Optional.of(invocation.binding), failed.getMessage(), "Invalid");
                }
            }
            tally.changed(invocation.policy.head(), invocation.binding, error, time.nanoTime() - begun);
            return !before.equals(object);
        }

        /// The object changes from one expression to the next.
        private RequestFacts facts() {
            return new RequestFacts(attempt, authorizer.get());
        }

        private void replace(Resource object, Resource by) {
            if (object.tree() != by.tree()) {
                object.tree().removeAll();
                object.tree().setAll(by.tree());
            }
        }

        private void refuse(MutatingPolicy policy, Optional<PolicyBinding> binding, String why, String because) {
            if (!policy.head().isStrict()) {
                return;
            }
            if (refusals.isEmpty()) {
                reason = because;
            }
            String name = policy.head().name();
            refusals.add(
                    binding.isPresent()
                            ? "policy '%s' with binding '%s' denied request: %s"
                                    .formatted(name, binding.get().name(), why)
                            : "policy \"%s\" denied request: %s".formatted(name, why));
        }
    }
}
