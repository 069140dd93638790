package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Expressions with names, which later ones can use as `variables.NAME`. One that cannot be compiled fails whoever asks
/// for it. Made by one thread, then used by many.
public final class AdmissionComposition {

    /// Has no variables.
    public static final AdmissionComposition NONE = new AdmissionComposition(AdmissionScope.of(false, false));

    private final Map<String, Variable> variables = new LinkedHashMap<>();
    private AdmissionScope scope;

    /// Of variables that see what `scope` has.
    public AdmissionComposition(AdmissionScope scope) {
        this.scope = scope;
    }

    private sealed interface Variable {
        record Usable(AdmissionExpression expression) implements Variable {}

        record Broken(String why) implements Variable {}
    }

    /// Adds one that sees those before it.
    ///
    /// @throws Expression.Malformed if it cannot be used; then it counts as there, and as broken
    public void add(String name, String text) throws Expression.Malformed {
        try {
            AdmissionExpression expression =
                    AdmissionExpression.compile(text, scope, AdmissionExpression.Answer.ANYTHING);
            settle(name, Optional.of(expression.type()), new Variable.Usable(expression));
        } catch (Expression.Malformed malformed) {
            settle(name, Optional.empty(), new Variable.Broken(malformed.getMessage()));
            throw malformed;
        }
    }

    private void settle(String name, Optional<CelType> type, Variable variable) {
        scope = scope.variable(name, type);
        variables.put(name, variable);
    }

    /// What expressions can speak of that use these variables.
    public AdmissionScope scope() {
        return scope;
    }

    /// What the variables are about one request.
    Map<String, Object> values(AdmissionValues values) {
        return new Lazy(values);
    }

    /// Ends an evaluation from within.
    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(String why) {
            super(why, null, false, false);
        }
    }

    /// Evaluates what is asked for.
    private final class Lazy extends AbstractMap<String, Object> {
        private final AdmissionValues values;
        private final Map<String, Object> known = new HashMap<>();

        Lazy(AdmissionValues values) {
            this.values = values;
        }

        @Override
        public boolean containsKey(Object name) {
            return variables.containsKey(name);
        }

        @Override
        public Object get(Object name) {
            Object found = known.get(name);
            if (found == null) {
                found = evaluate((String) name);
                known.put((String) name, found);
            }
            return found;
        }

        private Object evaluate(String name) {
            return switch (variables.get(name)) {
                case Variable.Broken(String why) ->
                    throw new Failed("composited variable \"" + name + "\" fails to compile: " + why);
                case Variable.Usable(AdmissionExpression expression) -> {
                    try {
                        yield expression.evaluate(values);
                    } catch (Expression.Failed | Expression.TooCostly failed) {
                        throw new Failed(
                                "composited variable \"" + name + "\" fails to evaluate: " + failed.getMessage());
                    }
                }
                case null -> throw new Failed("no such key: " + name);
            };
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            var all = new HashMap<String, Object>();
            variables.keySet().forEach(name -> all.put(name, get(name)));
            return all.entrySet();
        }
    }
}
