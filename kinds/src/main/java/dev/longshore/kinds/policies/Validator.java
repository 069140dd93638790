package dev.longshore.kinds.policies;

import dev.longshore.base.Time;
import dev.longshore.kinds.cel.AdmissionInput;
import dev.longshore.kinds.cel.AdmissionValues;
import dev.longshore.kinds.cel.CostBudget;
import dev.longshore.kinds.matching.MatchConditions;
import dev.longshore.model.Admission.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Asks one policy about one request, with one object of parameters. For one thread.
final class Validator {

    private static final int LONGEST_MESSAGE = 5 * 1024;

    private final ValidatingPolicy policy;
    private final PolicyTally tally;
    private final Time time;

    Validator(ValidatingPolicy policy, PolicyTally tally, Time time) {
        this.policy = policy;
        this.tally = tally;
        this.time = time;
    }

    /// What a validation said.
    sealed interface Decision {
        /// Nothing against it.
        record Admit() implements Decision {}

        /// It must not be.
        ///
        /// @param reason empty for the usual one
        record Deny(String message, Optional<String> reason) implements Decision {}
    }

    /// What came of a validation.
    ///
    /// @param error why it could not be evaluated; empty if it could
    /// @param nanos how long that took
    record Judged(Decision decision, String error, long nanos) {}

    /// A value for the audit.
    ///
    /// @param error why there is none; empty if there is
    record Note(String key, String value, String error) {}

    /// What a policy said, validation by validation.
    record Outcome(List<Judged> decisions, List<Note> notes) {
        static final Outcome NOTHING = new Outcome(List.of(), List.of());
    }

    /// @param conditional what the conditions are told
    /// @param input what all else is told
    Outcome validate(Attempt attempt, AdmissionInput conditional, AdmissionInput input) {
        ValidatingPolicy.Compiled compiled = policy.compiled();
        if (!compiled.conditions().isEmpty()) {
            long begun = time.nanoTime();
            MatchConditions.Verdict verdict = compiled.conditions().judge(conditional);
            tally.conditions().judged(policy.head().name(), attempt, verdict, time.nanoTime() - begun);
            switch (verdict) {
                case MatchConditions.Verdict.Holds() -> {}
                case MatchConditions.Verdict.Fails(String name) -> {
                    return Outcome.NOTHING;
                }
                case MatchConditions.Verdict.Unknown(String why) -> {
                    // Where failures are ignored the policy does not match.
                    return policy.head().isStrict() ? failed(why) : Outcome.NOTHING;
                }
            }
        }
        try {
            return new Outcome(decisions(compiled, input), notes(compiled, input));
        } catch (CompiledExpression.Spent spent) {
            return failed(spent.getMessage());
        }
    }

    private Outcome failed(String why) {
        return new Outcome(List.of(error(why, 0)), List.of());
    }

    private Judged error(String why, long nanos) {
        Decision decision = policy.head().isStrict() ? new Decision.Deny(why, Optional.empty()) : new Decision.Admit();
        return new Judged(decision, why, nanos);
    }

    private List<Judged> decisions(ValidatingPolicy.Compiled compiled, AdmissionInput input)
            throws CompiledExpression.Spent {
        var budget = new CostBudget(CostBudget.OF_AN_OBJECT);
        var values = new AdmissionValues(input, compiled.composition(), budget);
        var silent = new AdmissionInput(
                input.object(), input.old(), input.params(), input.request(), input.namespace(), Optional.empty());
        var ofMessages = new AdmissionValues(silent, compiled.composition(), budget);
        var decisions = new ArrayList<Judged>();
        for (ValidatingPolicy.Validation validation : compiled.validations()) {
            long begun = time.nanoTime();
            try {
                boolean isRight = Boolean.TRUE.equals(validation.rule().evaluate(values, budget));
                Decision decision = isRight
                        ? new Decision.Admit()
                        : new Decision.Deny(message(validation, ofMessages, budget), validation.reason());
                decisions.add(new Judged(decision, "", time.nanoTime() - begun));
            } catch (CompiledExpression.Failed failed) {
                decisions.add(error(failed.getMessage(), time.nanoTime() - begun));
            }
        }
        return decisions;
    }

    private static String message(ValidatingPolicy.Validation validation, AdmissionValues values, CostBudget budget)
            throws CompiledExpression.Failed {
        String made = "";
        if (validation.said().isPresent()) {
            try {
                made = usable(validation.said().get().evaluate(values, budget));
            } catch (CompiledExpression.Failed unsaid) {
                // Then what is said is what would be without it.
                made = "";
            } catch (CompiledExpression.Spent spent) {
                throw new CompiledExpression.Failed("failed messageExpression: " + spent.getMessage());
            }
        }
        if (!made.isEmpty()) {
            return made;
        }
        return validation.message().isEmpty()
                ? "failed expression: " + validation.rule().text().strip()
                : validation.message();
    }

    private static String usable(Object made) {
        String message = made instanceof String text ? text.strip() : "";
        boolean isTooLong = message.getBytes(java.nio.charset.StandardCharsets.UTF_8).length > LONGEST_MESSAGE;
        return isTooLong || message.contains("\n") ? "" : message;
    }

    private List<Note> notes(ValidatingPolicy.Compiled compiled, AdmissionInput input) throws CompiledExpression.Spent {
        if (compiled.annotations().isEmpty()) {
            return List.of();
        }
        var silent = new AdmissionInput(
                input.object(), input.old(), input.params(), input.request(), input.namespace(), Optional.empty());
        var budget = new CostBudget(CostBudget.OF_AN_OBJECT);
        var values = new AdmissionValues(silent, compiled.composition(), budget);
        var notes = new ArrayList<Note>();
        for (ValidatingPolicy.Annotation annotation : compiled.annotations()) {
            try {
                String value = annotation.value().evaluate(values, budget) instanceof String text ? text.strip() : "";
                if (!value.isEmpty()) {
                    notes.add(new Note(annotation.key(), value, ""));
                }
            } catch (CompiledExpression.Failed failed) {
                if (policy.head().isStrict()) {
                    notes.add(new Note(annotation.key(), "", failed.getMessage()));
                }
            }
        }
        return notes;
    }
}
