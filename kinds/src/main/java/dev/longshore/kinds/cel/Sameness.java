package dev.longshore.kinds.cel;

import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelStandardFunctions;
import dev.cel.runtime.CelStandardFunctions.StandardFunction;
import dev.cel.runtime.standard.AddOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// When two values are the same, and what two lists make together: as the language has it, but that lists which are
/// sets or maps have no order, and no element twice.
final class Sameness {

    private static final String PLUS_LIST = "add_list";

    private Sameness() {}

    /// The language's functions without those that are here.
    static CelStandardFunctions others() {
        return CelStandardFunctions.newBuilder()
                .filterFunctions((function, overload) -> function != StandardFunction.EQUALS
                        && function != StandardFunction.NOT_EQUALS
                        && !(function == StandardFunction.ADD && overload == AddOperator.AddOverload.ADD_LIST))
                .build();
    }

    static List<CelFunctionBinding> bindings() {
        return List.of(
                CelFunctionBinding.from("equals", Object.class, Object.class, Sameness::same),
                CelFunctionBinding.from("not_equals", Object.class, Object.class, (left, right) -> !same(left, right)),
                CelFunctionBinding.from(PLUS_LIST, List.class, List.class, Sameness::together));
    }

    static boolean same(Object left, Object right) {
        if (left instanceof Number one && right instanceof Number other) {
            return one instanceof Long && other instanceof Long
                    ? one.equals(other)
                    : one.doubleValue() == other.doubleValue();
        }
        if (left instanceof AnyOrder any && right instanceof List<?> list) {
            return any.isSame(list);
        }
        if (right instanceof AnyOrder any && left instanceof List<?> list) {
            return any.isSame(list);
        }
        if (left instanceof List<?> one && right instanceof List<?> other) {
            return one.size() == other.size() && sameInOrder(one, other);
        }
        if (left instanceof Map<?, ?> one && right instanceof Map<?, ?> other) {
            return one.size() == other.size()
                    && one.entrySet().stream()
                            .allMatch(entry -> other.containsKey(entry.getKey())
                                    && same(entry.getValue(), other.get(entry.getKey())));
        }
        return left.equals(right);
    }

    private static boolean sameInOrder(List<?> left, List<?> right) {
        for (int i = 0; i < left.size(); i++) {
            if (!same(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static List<?> together(List<?> left, List<?> right) {
        if (left instanceof AnyOrder any) {
            return any.plus(right);
        }
        var together = new ArrayList<Object>(left);
        together.addAll(right);
        return together;
    }
}
