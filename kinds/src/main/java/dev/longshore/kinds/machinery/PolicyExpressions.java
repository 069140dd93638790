package dev.longshore.kinds.machinery;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionExpression;
import dev.longshore.kinds.cel.AdmissionExpression.Answer;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Checks;

/// Judges whether the expressions of one policy can be compiled. Variables first, in their order: what comes later may
/// use them. Not thread-safe.
final class PolicyExpressions {

    private final Checks checks;
    private final AdmissionComposition composition;

    /// @param hasParams whether the policy is configured by objects
    /// @param isComposed whether there is `variables`
    PolicyExpressions(Checks checks, boolean hasParams, boolean isComposed) {
        this.checks = checks;
        AdmissionScope scope = AdmissionScope.of(hasParams, true);
        this.composition = new AdmissionComposition(isComposed ? scope.composed() : scope);
    }

    /// A condition under which webhooks are asked and policies count; it knows no variables.
    static void condition(Checks checks, String path, String text, boolean hasParams) {
        compile(checks, path, text, AdmissionScope.of(hasParams, true), Answer.BOOL);
    }

    void variable(String path, String name, String text) {
        try {
            composition.add(name, text);
        } catch (Expression.Malformed malformed) {
            checks.invalid(path, text, malformed.getMessage());
        }
    }

    void validation(String path, String text) {
        compile(checks, path, text, composition.scope(), Answer.BOOL);
    }

    /// Messages may not ask the authorizer.
    void message(String path, String text) {
        compile(checks, path, text, composition.scope().authorizing(false), Answer.TEXT);
    }

    void annotation(String path, String text) {
        compile(checks, path, text, composition.scope(), Answer.TEXT_OR_NULL);
    }

    void mutation(String path, String text, Answer answer) {
        compile(checks, path, text, composition.scope().patching(true), answer);
    }

    private static void compile(Checks checks, String path, String text, AdmissionScope scope, Answer answer) {
        try {
            AdmissionExpression.compile(text, scope, answer);
        } catch (Expression.Malformed malformed) {
            checks.invalid(path, text, malformed.getMessage());
        }
    }
}
