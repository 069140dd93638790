package dev.longshore.kinds.cel;

import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.longshore.model.Quantity;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Amounts of resources, as `100Mi` and `250m`.
final class QuantityLibrary {

    private static final CelType TEXT = SimpleType.STRING;
    private static final CelType AMOUNT = CelFunction.QUANTITY;

    private QuantityLibrary() {}

    static List<CelFunction> all() {
        return List.of(
                CelFunction.global(
                        "quantity", AMOUNT, List.of(TEXT), given -> Quantity.parse((String) given.getFirst())),
                CelFunction.global(
                        "isQuantity",
                        SimpleType.BOOL,
                        List.of(TEXT),
                        given -> Quantity.find((String) given.getFirst()).isPresent()),
                one("sign", SimpleType.INT, amount -> (long) amount.signum()),
                one("isInteger", SimpleType.BOOL, QuantityLibrary::isInteger),
                one("asInteger", SimpleType.INT, QuantityLibrary::integer),
                one(
                        "asApproximateFloat",
                        SimpleType.DOUBLE,
                        amount -> amount.decimal().doubleValue()),
                two("add", AMOUNT, AMOUNT, (left, right) -> left.plus((Quantity) right)),
                two("add", AMOUNT, SimpleType.INT, (left, right) -> left.plus(Quantity.of((Long) right))),
                two("sub", AMOUNT, AMOUNT, (left, right) -> left.minus((Quantity) right)),
                two("sub", AMOUNT, SimpleType.INT, (left, right) -> left.minus(Quantity.of((Long) right))),
                two("isLessThan", SimpleType.BOOL, AMOUNT, (left, right) -> left.compareTo((Quantity) right) < 0),
                two("isGreaterThan", SimpleType.BOOL, AMOUNT, (left, right) -> left.compareTo((Quantity) right) > 0),
                two("compareTo", SimpleType.INT, AMOUNT, (left, right) ->
                        (long) Integer.signum(left.compareTo((Quantity) right))));
    }

    private static CelFunction one(String name, CelType result, Function<Quantity, Object> body) {
        return CelFunction.member(name, result, List.of(AMOUNT), given -> body.apply((Quantity) given.getFirst()));
    }

    private static CelFunction two(
            String name, CelType result, CelType other, BiFunction<Quantity, Object, Object> body) {
        return CelFunction.member(
                name, result, List.of(AMOUNT, other), given -> body.apply((Quantity) given.getFirst(), given.get(1)));
    }

    private static boolean isInteger(Quantity amount) {
        try {
            amount.decimal().longValueExact();
            return true;
        } catch (ArithmeticException notWhole) {
            return false;
        }
    }

    private static long integer(Quantity amount) {
        try {
            return amount.decimal().longValueExact();
        } catch (ArithmeticException notWhole) {
            throw new IllegalArgumentException("cannot convert value to integer", notWhole);
        }
    }
}
