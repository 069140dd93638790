package dev.longshore.kinds.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an expression can cost at most, by what its types say of the sizes of texts, lists and maps; as Kubernetes
/// estimates it before it takes a rule. Sums end at [Long#MAX_VALUE]. Not thread-safe.
final class CostEstimate {

    private static final double LETTER = 0.1;
    private static final double PATTERN_LETTER = 0.25;
    private static final long LIST = 10;
    private static final long MAP = 30;
    private static final long UNKNOWN = Long.MAX_VALUE;

    private final CelAbstractSyntaxTree tree;
    /// What is known of the variables of the expression.
    private final Map<String, DeclaredType> known;
    /// What the variables of comprehensions stand for.
    private final Map<String, Optional<DeclaredType>> variables = new HashMap<>();
    /// How long lists can become that comprehensions make.
    private final Map<String, Long> made = new HashMap<>();

    CostEstimate(CelAbstractSyntaxTree tree, Map<String, DeclaredType> known) {
        this.tree = tree;
        this.known = known;
    }

    long most() {
        return cost(tree.getExpr());
    }

    private long cost(CelExpr expr) {
        return switch (expr.getKind()) {
            case CONSTANT, NOT_SET -> 0;
            case IDENT -> 1;
            case SELECT -> plus(cost(expr.select().operand()), expr.select().testOnly() ? 0 : 1);
            case CALL -> call(expr);
            case LIST -> plus(LIST, sum(expr.list().elements()));
            case MAP ->
                expr.map().entries().stream()
                        .map(entry -> plus(cost(entry.key()), cost(entry.value())))
                        .reduce(MAP, CostEstimate::plus);
            case STRUCT ->
                expr.struct().entries().stream()
                        .map(entry -> cost(entry.value()))
                        .reduce(MAP + LIST, CostEstimate::plus);
            case COMPREHENSION -> comprehension(expr.comprehension());
        };
    }

    private long sum(List<CelExpr> parts) {
        return parts.stream().map(this::cost).reduce(0L, CostEstimate::plus);
    }

    private long comprehension(CelExpr.CelComprehension loop) {
        long before = plus(cost(loop.iterRange()), cost(loop.accuInit()));
        long rounds = size(loop.iterRange());
        Optional<DeclaredType> range = declared(loop.iterRange());
        boolean isMap = kind(loop.iterRange()) == CelKind.MAP;
        Optional<DeclaredType> element = range.flatMap(DeclaredType::element);
        Optional<DeclaredType> key = Optional.empty();
        boolean hasTwo = !loop.iterVar2().isEmpty();
        variables.put(loop.iterVar(), isMap || hasTwo ? key : element);
        if (hasTwo) {
            variables.put(loop.iterVar2(), element);
        }
        made.put(loop.accuVar(), rounds);
        long round = plus(cost(loop.loopCondition()), cost(loop.loopStep()));
        return plus(plus(before, times(rounds, round)), cost(loop.result()));
    }

    private long call(CelExpr expr) {
        CelExpr.CelCall call = expr.call();
        long arguments = plus(call.target().map(this::cost).orElse(0L), sum(call.args()));
        return plus(arguments, own(call));
    }

    private long own(CelExpr.CelCall call) {
        CelExpr first = call.target()
                .orElseGet(() -> call.args().isEmpty()
                        ? CelExpr.ofNotSet(0)
                        : call.args().get(0));
        int next = call.target().isPresent() ? 0 : 1;
        CelExpr second = next < call.args().size() ? call.args().get(next) : CelExpr.ofNotSet(0);
        return switch (call.function()) {
            case "_&&_", "_||_", "_?_:_", "@not_strictly_false" -> 0;
            case "matches", "find", "findAll" ->
                times(scaled(plus(size(first), 1), LETTER), scaled(size(second), PATTERN_LETTER));
            case "contains" -> times(scaled(size(first), LETTER), scaled(size(second), LETTER));
            case "startsWith", "endsWith" -> scaled(size(second), LETTER);
            case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" ->
                Math.max(1, scaled(Math.min(weight(first), weight(second)), LETTER));
            case "_+_" -> sum(first, second);
            case "@in" -> kind(second) == CelKind.LIST ? Math.max(1, size(second)) : 1;
            case "isSorted", "sum", "min", "max" -> Math.max(1, size(first));
            case "indexOf", "lastIndexOf" ->
                kind(first) == CelKind.LIST ? Math.max(1, size(first)) : Math.max(1, scaled(size(first), LETTER));
            case "sets.contains", "sets.intersects", "sets.equivalent" -> times(size(first), size(second));
            case "size", "_[_]", "hasValue", "value", "orValue", "or", "optional.of", "type", "dyn" -> 1;
            default -> kind(first) == CelKind.STRING ? Math.max(1, scaled(size(first), LETTER)) : 1;
        };
    }

    /// Lists are put together without looking at what is in them.
    private long sum(CelExpr first, CelExpr second) {
        boolean isText = kind(first) == CelKind.STRING || kind(first) == CelKind.BYTES;
        return isText ? Math.max(1, scaled(plus(size(first), size(second)), LETTER)) : 1;
    }

    /// How much there is to compare: numbers are one step.
    private long weight(CelExpr expr) {
        return switch (kind(expr)) {
            case STRING, BYTES, LIST, MAP, DYN -> size(expr);
            default -> 1;
        };
    }

    private CelKind kind(CelExpr expr) {
        return tree.getType(expr.id()).map(type -> type.kind()).orElse(CelKind.DYN);
    }

    private long size(CelExpr expr) {
        return switch (expr.getKind()) {
            case CONSTANT -> constant(expr);
            case LIST -> expr.list().elements().size();
            case MAP -> expr.map().entries().size();
            case IDENT -> made.getOrDefault(expr.ident().name(), of(declared(expr)));
            case CALL -> ofCall(expr);
            case COMPREHENSION -> size(expr.comprehension().iterRange());
            case SELECT, STRUCT, NOT_SET -> of(declared(expr));
        };
    }

    private static long of(Optional<DeclaredType> type) {
        return type.map(DeclaredType::most).orElse(UNKNOWN);
    }

    private static long constant(CelExpr expr) {
        return switch (expr.constant().getKind()) {
            case STRING_VALUE -> expr.constant().stringValue().length();
            case BYTES_VALUE -> expr.constant().bytesValue().size();
            default -> 1;
        };
    }

    private long ofCall(CelExpr expr) {
        CelExpr.CelCall call = expr.call();
        return switch (call.function()) {
            case "_+_" -> plus(size(call.args().get(0)), size(call.args().get(1)));
            case "_?_:_" -> Math.max(size(call.args().get(1)), size(call.args().get(2)));
            case "trim", "lowerAscii", "upperAscii", "find", "findAll", "split", "substring", "charAt" ->
                call.target().map(this::size).orElse(UNKNOWN);
            default -> of(declared(expr));
        };
    }

    /// What the schema says of it.
    private Optional<DeclaredType> declared(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> ofName(expr.ident().name());
            case SELECT -> {
                Optional<DeclaredType> owner = declared(expr.select().operand());
                yield owner.flatMap(type -> type.element().isPresent()
                        ? type.element()
                        : Optional.ofNullable(type.fields().get(expr.select().field())));
            }
            case CALL -> ofCallDeclared(expr.call());
            default -> Optional.empty();
        };
    }

    private Optional<DeclaredType> ofName(String name) {
        if (variables.containsKey(name)) {
            return variables.get(name);
        }
        return Optional.ofNullable(known.get(name));
    }

    private Optional<DeclaredType> ofCallDeclared(CelExpr.CelCall call) {
        return switch (call.function()) {
            case "_[_]", "_[?_]" -> declared(call.args().getFirst()).flatMap(DeclaredType::element);
            case "value", "orValue" -> call.target().flatMap(this::declared);
            case "_?._" ->
                declared(call.args().getFirst())
                        .flatMap(type -> Optional.ofNullable(
                                type.fields().get(call.args().get(1).constant().stringValue())));
            default -> Optional.empty();
        };
    }

    private static long plus(long left, long right) {
        long sum = left + right;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static long times(long left, long right) {
        if (left == 0 || right == 0) {
            return 0;
        }
        return left > Long.MAX_VALUE / right ? Long.MAX_VALUE : left * right;
    }

    private static long scaled(long size, double factor) {
        double scaled = Math.ceil(size * factor);
        return scaled >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) scaled;
    }
}
