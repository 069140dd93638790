package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import java.time.Duration;
import java.util.List;

/// Lists of values that have an order, or can be summed.
final class ListLibrary {

    private static final CelType ELEMENT = TypeParamType.create("T");
    private static final CelType LIST = ListType.create(ELEMENT);

    private ListLibrary() {}

    static List<CelFunction> all() {
        return List.of(
                CelFunction.member("isSorted", SimpleType.BOOL, List.of(LIST), given -> isSorted(list(given))),
                CelFunction.member("min", ELEMENT, List.of(LIST), given -> best(list(given), -1, "min")),
                CelFunction.member("max", ELEMENT, List.of(LIST), given -> best(list(given), 1, "max")),
                CelFunction.member("sum", ELEMENT, List.of(LIST), given -> sum(list(given))),
                CelFunction.member("indexOf", SimpleType.INT, List.of(LIST, ELEMENT), given ->
                        (long) list(given).indexOf(given.get(1))),
                CelFunction.member("lastIndexOf", SimpleType.INT, List.of(LIST, ELEMENT), given ->
                        (long) list(given).lastIndexOf(given.get(1))));
    }

    private static List<?> list(List<Object> given) {
        return (List<?>) given.getFirst();
    }

    private static boolean isSorted(List<?> list) {
        for (int i = 1; i < list.size(); i++) {
            if (compare(list.get(i - 1), list.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Object best(List<?> list, int sign, String name) {
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " called on empty list");
        }
        Object best = list.getFirst();
        for (Object each : list) {
            if (Integer.signum(compare(each, best)) == sign) {
                best = each;
            }
        }
        return best;
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object left, Object right) {
        if (left instanceof Number one
                && right instanceof Number other
                && !left.getClass().equals(right.getClass())) {
            return Double.compare(one.doubleValue(), other.doubleValue());
        }
        if (left instanceof Comparable<?> && left.getClass().equals(right.getClass())) {
            return ((Comparable<Object>) left).compareTo(right);
        }
        throw new IllegalArgumentException("no such overload");
    }

    private static Object sum(List<?> list) {
        Object sum = 0L;
        boolean isFirst = true;
        for (Object each : list) {
            sum = isFirst ? each : plus(sum, each);
            isFirst = false;
        }
        return sum;
    }

    private static Object plus(Object left, Object right) {
        try {
            return switch (left) {
                case Long one when right instanceof Long other -> Math.addExact(one, other);
                case Double one when right instanceof Double other -> one + other;
                case Duration one when right instanceof Duration other -> one.plus(other);
                default -> throw new IllegalArgumentException("no such overload");
            };
        } catch (ArithmeticException tooLarge) {
            throw new IllegalArgumentException("integer overflow", tooLarge);
        }
    }
}
