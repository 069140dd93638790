package dev.longshore.kinds.cel;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypes;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/// What an expression's literals may not be, though their types are right: durations, times and patterns that are none,
/// and lists and maps of mixed types, but for what is given to `format`. Not thread-safe.
final class LiteralChecks {

    private final CelAbstractSyntaxTree tree;
    private final List<CelIssue> issues = new ArrayList<>();

    private LiteralChecks(CelAbstractSyntaxTree tree) {
        this.tree = tree;
    }

    /// `tree` itself, if nothing is wrong.
    static CelAbstractSyntaxTree passed(CelAbstractSyntaxTree tree) throws CelValidationException {
        var checks = new LiteralChecks(tree);
        checks.judge(tree.getExpr(), false);
        if (!checks.issues.isEmpty()) {
            throw new CelValidationException(tree.getSource(), checks.issues);
        }
        return tree;
    }

    private void judge(CelExpr expr, boolean isForFormat) {
        boolean isExempt = isForFormat;
        switch (expr.getKind()) {
            case CALL -> {
                call(expr.call());
                isExempt |= expr.call().function().equals("format");
            }
            case LIST -> {
                if (!isExempt) {
                    list(expr.list());
                }
            }
            case MAP -> {
                if (!isExempt) {
                    map(expr.map());
                }
            }
            case CONSTANT, NOT_SET, IDENT, SELECT, STRUCT, COMPREHENSION -> {}
        }
        for (CelExpr part : PatchTypes.parts(expr)) {
            judge(part, isExempt);
        }
    }

    private void call(CelExpr.CelCall call) {
        if (call.args().isEmpty()) {
            return;
        }
        CelExpr first = call.args().getFirst();
        if (first.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || first.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            return;
        }
        String text = first.constant().stringValue();
        boolean isRight =
                switch (call.function()) {
                    case "duration" -> GoDuration.parse(text).isPresent();
                    case "timestamp" -> isTime(text);
                    case "matches" -> isPattern(text);
                    default -> true;
                };
        if (!isRight) {
            fault(first, "invalid " + call.function() + " argument");
        }
    }

    private static boolean isTime(String text) {
        try {
            OffsetDateTime.parse(text);
            return true;
        } catch (DateTimeException none) {
            return false;
        }
    }

    private static boolean isPattern(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException none) {
            return false;
        }
    }

    private void list(CelExpr.CelList list) {
        CelType common = null;
        for (int i = 0; i < list.elements().size(); i++) {
            CelExpr element = list.elements().get(i);
            CelType type = type(element, list.optionalIndices().contains(i));
            if (common == null) {
                common = type;
            } else if (!same(common, type)) {
                mismatch(element, common, type);
                return;
            }
        }
    }

    private void map(CelExpr.CelMap map) {
        CelType keys = null;
        CelType values = null;
        for (CelExpr.CelMap.Entry entry : map.entries()) {
            CelType key = type(entry.key(), false);
            CelType value = type(entry.value(), entry.optionalEntry());
            if (keys == null) {
                keys = key;
                values = value;
                continue;
            }
            if (!same(keys, key)) {
                mismatch(entry.key(), keys, key);
            }
            if (!same(values, value)) {
                mismatch(entry.value(), values, value);
            }
        }
    }

    private CelType type(CelExpr expr, boolean isOptional) {
        CelType type = tree.getTypeOrThrow(expr.id());
        return isOptional ? type.parameters().getFirst() : type;
    }

    private static boolean same(CelType left, CelType right) {
        return left.equals(right) || CelTypes.format(left).equals(CelTypes.format(right));
    }

    private void mismatch(CelExpr where, CelType wanted, CelType found) {
        fault(where, "expected type '%s' but found '%s'".formatted(CelTypes.format(wanted), CelTypes.format(found)));
    }

    private void fault(CelExpr where, String message) {
        Integer offset = tree.getSource().getPositionsMap().get(where.id());
        CelSourceLocation location = offset == null
                ? CelSourceLocation.NONE
                : tree.getSource().getOffsetLocation(offset).orElse(CelSourceLocation.NONE);
        issues.add(CelIssue.formatError(where.id(), location, message));
    }
}
