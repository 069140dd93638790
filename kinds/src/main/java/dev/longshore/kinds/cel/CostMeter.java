package dev.longshore.kinds.cel;

import dev.cel.common.ast.CelExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts what an evaluation costs while it goes on, and breaks it off when that is too much: one for each name, field
/// and call, more for what takes time in proportion to texts and lists. Not thread-safe.
final class CostMeter implements CelEvaluationListener {

    private static final double LETTER = 0.1;
    private static final double PATTERN_LETTER = 0.25;
    private static final long LIST = 10;
    private static final long MAP = 30;

    private final CostBudget budget;
    private final Map<Long, Object> last = new HashMap<>();
    private long spent;
    private boolean isOver;

    CostMeter(CostBudget budget) {
        this.budget = budget;
    }

    /// Ends an evaluation from within.
    private static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Over() {
            super("operation cancelled: actual cost limit exceeded", null, false, false);
        }
    }

    boolean isOver() {
        return isOver;
    }

    @Override
    public void callback(CelExpr expr, Object result) {
        last.put(expr.id(), result);
        long cost = cost(expr);
        spent += cost;
        budget.spend(cost);
        if (spent > CostBudget.OF_A_CALL || budget.isSpent()) {
            isOver = true;
            throw new Over();
        }
    }

    private long cost(CelExpr expr) {
        return switch (expr.getKind()) {
            case IDENT -> 1;
            case SELECT -> expr.select().testOnly() ? 0 : 1;
            case LIST -> LIST;
            case MAP, STRUCT -> MAP;
            case CALL -> call(expr.call());
            case CONSTANT, COMPREHENSION, NOT_SET -> 0;
        };
    }

    private long call(CelExpr.CelCall call) {
        long first = size(call.target().map(CelExpr::id).orElseGet(() -> idOf(call.args(), 0)));
        long second = size(idOf(call.args(), call.target().isPresent() ? 0 : 1));
        return switch (call.function()) {
            case "_&&_", "_||_", "_?_:_", "@not_strictly_false" -> 0;
            case "matches", "find", "findAll" -> scaled(first + 1, LETTER) * scaled(second, PATTERN_LETTER);
            case "contains" -> scaled(first, LETTER) * scaled(second, LETTER);
            case "startsWith", "endsWith" -> scaled(second, LETTER);
            case "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_" -> Math.max(1, scaled(Math.min(first, second), LETTER));
            case "_+_" -> Math.max(1, scaled(first + second, LETTER));
            case "@in" -> Math.max(1, second);
            case "isSorted", "sum", "min", "max", "indexOf", "lastIndexOf" -> Math.max(1, first);
            case "sets.contains", "sets.intersects", "sets.equivalent" ->
                Math.max(1, size(idOf(call.args(), 0)) * size(idOf(call.args(), 1)));
            default -> Math.max(1, scaled(text(first, call), LETTER));
        };
    }

    /// Functions on texts take time in proportion to them; those on lists have a line of their own.
    private long text(long first, CelExpr.CelCall call) {
        Object value = last.get(call.target().map(CelExpr::id).orElseGet(() -> idOf(call.args(), 0)));
        return value instanceof String ? first : 0;
    }

    private static long idOf(List<CelExpr> arguments, int index) {
        return index < arguments.size() ? arguments.get(index).id() : -1;
    }

    private long size(long id) {
        return switch (last.get(id)) {
            case String text -> text.length();
            case Collection<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case null, default -> 1;
        };
    }

    private static long scaled(long size, double factor) {
        return (long) Math.ceil(size * factor);
    }
}
