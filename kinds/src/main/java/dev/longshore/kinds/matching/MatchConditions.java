package dev.longshore.kinds.matching;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionExpression;
import dev.longshore.kinds.cel.AdmissionInput;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.cel.AdmissionValues;
import dev.longshore.kinds.cel.CostBudget;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Conditions in CEL under which a webhook is called or a policy counts: all must hold. Never changes.
public final class MatchConditions {

    /// What all conditions of one webhook or policy may cost.
    private static final long BUDGET = 2_500_000;

    private final List<Condition> conditions;
    private final AdmissionComposition composition;

    private MatchConditions(List<Condition> conditions, AdmissionComposition composition) {
        this.conditions = conditions;
        this.composition = composition;
    }

    private sealed interface Condition {
        String name();

        record Usable(String name, AdmissionExpression expression) implements Condition {}

        record Broken(String name, String why) implements Condition {}
    }

    /// Whether the conditions hold.
    public sealed interface Verdict {
        /// All of them do.
        record Holds() implements Verdict {}

        /// The one called `name` does not, whatever happened to others.
        record Fails(String name) implements Verdict {}

        /// Some could not be evaluated, and none said no.
        record Unknown(String why) implements Verdict {}
    }

    /// Those of a webhook, which has no parameters and no variables.
    public static MatchConditions ofWebhook(List<ObjectNode> said) {
        return of(said, AdmissionScope.of(false, true), AdmissionComposition.NONE);
    }

    /// Those of a policy.
    public static MatchConditions ofPolicy(List<ObjectNode> said, AdmissionComposition composition) {
        return of(said, composition.scope(), composition);
    }

    private static MatchConditions of(List<ObjectNode> said, AdmissionScope scope, AdmissionComposition composition) {
        var conditions = new ArrayList<Condition>();
        for (ObjectNode each : said) {
            String name = Trees.text(each, "name");
            try {
                conditions.add(new Condition.Usable(
                        name,
                        AdmissionExpression.compile(
                                Trees.text(each, "expression"), scope, AdmissionExpression.Answer.BOOL)));
            } catch (Expression.Malformed malformed) {
                conditions.add(new Condition.Broken(name, "compilation error: " + malformed.getMessage()));
            }
        }
        return new MatchConditions(List.copyOf(conditions), composition);
    }

    /// True if there are none, so that nothing need be made to ask them.
    public boolean isEmpty() {
        return conditions.isEmpty();
    }

    /// Whether they hold about `input`.
    public Verdict judge(AdmissionInput input) {
        var budget = new CostBudget(BUDGET);
        var values = new AdmissionValues(input, composition, budget);
        var errors = new ArrayList<String>();
        for (Condition condition : conditions) {
            switch (condition) {
                case Condition.Broken(String name, String why) -> errors.add(why);
                case Condition.Usable(String name, AdmissionExpression expression) -> {
                    try {
                        if (Boolean.FALSE.equals(expression.evaluate(values))) {
                            return new Verdict.Fails(name);
                        }
                    } catch (Expression.Failed failed) {
                        errors.add(expression.failure(failed.getMessage()));
                    } catch (Expression.TooCostly tooCostly) {
                        if (budget.isSpent()) {
                            return new Verdict.Unknown(CostBudget.SPENT);
                        }
                        errors.add(expression.failure(tooCostly.getMessage()));
                    }
                }
            }
        }
        return errors.isEmpty() ? new Verdict.Holds() : new Verdict.Unknown(joined(errors));
    }

    private static String joined(List<String> errors) {
        List<String> distinct = errors.stream().distinct().toList();
        return distinct.size() == 1 ? distinct.getFirst() : "[" + String.join(", ", distinct) + "]";
    }
}
