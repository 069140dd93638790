package dev.longshore.kinds.policies;

import dev.longshore.kinds.cel.AdmissionExpression;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.cel.AdmissionValues;
import dev.longshore.kinds.cel.CostBudget;
import dev.longshore.kinds.cel.Expression;
import tools.jackson.databind.JsonNode;

/// An expression of a stored policy, which may have been stored before it was judged: a broken one fails when it is
/// evaluated. Never changes.
sealed interface CompiledExpression {

    /// One that can be evaluated.
    record Usable(AdmissionExpression expression) implements CompiledExpression {}

    /// One that cannot.
    record Broken(String text, String why) implements CompiledExpression {}

    /// An evaluation that came to nothing; the message says why.
    final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String why) {
            super(why, null, false, false);
        }
    }

    /// All that may be spent is spent.
    final class Spent extends Exception {
        private static final long serialVersionUID = 1L;

        Spent() {
            super(CostBudget.SPENT, null, false, false);
        }
    }

    static CompiledExpression of(String text, AdmissionScope scope, AdmissionExpression.Answer answer) {
        try {
            return new Usable(AdmissionExpression.compile(text, scope, answer));
        } catch (Expression.Malformed malformed) {
            return new Broken(text, malformed.getMessage());
        }
    }

    /// As it is written.
    default String text() {
        return switch (this) {
            case Usable(AdmissionExpression expression) -> expression.text();
            case Broken broken -> broken.text;
        };
    }

    /// What it answers.
    default Object evaluate(AdmissionValues values, CostBudget budget) throws Failed, Spent {
        return evaluate(budget, expression -> expression.evaluate(values));
    }

    /// The patch that it makes.
    default JsonNode make(AdmissionValues values, CostBudget budget) throws Failed, Spent {
        return evaluate(budget, expression -> expression.make(values));
    }

    private <T> T evaluate(CostBudget budget, Evaluation<T> evaluation) throws Failed, Spent {
        return switch (this) {
            case Broken broken -> throw new Failed("compilation error: " + broken.why);
            case Usable(AdmissionExpression expression) -> {
                try {
                    yield evaluation.of(expression);
                } catch (Expression.Failed failed) {
                    throw new Failed(
                            failed.isOfResult() ? failed.getMessage() : expression.failure(failed.getMessage()));
                } catch (Expression.TooCostly tooCostly) {
                    if (budget.isSpent()) {
                        throw new Spent();
                    }
                    throw new Failed(expression.failure(tooCostly.getMessage()));
                }
            }
        };
    }

    /// One way to evaluate.
    @FunctionalInterface
    interface Evaluation<T> {
        /// What comes of it.
        T of(AdmissionExpression expression) throws Expression.Failed, Expression.TooCostly;
    }
}
