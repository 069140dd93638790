package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.runtime.CelFunctionBinding;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes calls of the constructors in a checked expression: `Object.spec{a: 1}` becomes a call with the type's name and
/// a map, since the evaluator itself makes nothing but messages of protocol buffers. Not thread-safe.
final class ObjectCalls {

    static final String FUNCTION = "@object";
    private static final String OVERLOAD = "kubernetes_object";

    private final CelAbstractSyntaxTree tree;
    private final Map<Long, CelReference> references;
    private long nextId;

    private ObjectCalls(CelAbstractSyntaxTree tree) {
        this.tree = tree;
        this.references = new HashMap<>(tree.getReferenceMap());
        this.nextId = highest(tree.getExpr()) + 1;
    }

    static CelAbstractSyntaxTree replace(CelAbstractSyntaxTree tree) {
        return new ObjectCalls(tree).replaced();
    }

    static CelFunctionBinding binding() {
        return CelFunctionBinding.from(
                OVERLOAD,
                List.of(String.class, Map.class),
                given -> new MadeObject((String) given[0], (Map<?, ?>) given[1]));
    }

    private CelAbstractSyntaxTree replaced() {
        CelExpr expr = replaced(tree.getExpr());
        return CelAbstractSyntaxTree.newCheckedAst(expr, tree.getSource(), references, tree.getTypeMap());
    }

    private static long highest(CelExpr expr) {
        long highest = expr.id();
        for (CelExpr part : PatchTypes.parts(expr)) {
            highest = Math.max(highest, highest(part));
        }
        return highest;
    }

    private CelExpr replaced(CelExpr expr) {
        return switch (expr.getKind()) {
            case CONSTANT, NOT_SET, IDENT -> expr;
            case SELECT ->
                CelExpr.ofSelect(
                        expr.id(),
                        replaced(expr.select().operand()),
                        expr.select().field(),
                        expr.select().testOnly());
            case CALL ->
                CelExpr.ofCall(
                        expr.id(),
                        expr.call().target().map(this::replaced),
                        expr.call().function(),
                        all(expr.call().args()));
            case LIST ->
                CelExpr.ofList(
                        expr.id(), all(expr.list().elements()), expr.list().optionalIndices());
            case MAP -> map(expr);
            case STRUCT -> made(expr);
            case COMPREHENSION -> loop(expr);
        };
    }

    private ImmutableList<CelExpr> all(List<CelExpr> parts) {
        return parts.stream().map(this::replaced).collect(ImmutableList.toImmutableList());
    }

    private CelExpr map(CelExpr expr) {
        return CelExpr.ofMap(
                expr.id(),
                expr.map().entries().stream()
                        .map(entry -> CelExpr.ofMapEntry(
                                entry.id(), replaced(entry.key()), replaced(entry.value()), entry.optionalEntry()))
                        .collect(ImmutableList.toImmutableList()));
    }

    private CelExpr loop(CelExpr expr) {
        var loop = expr.comprehension();
        return CelExpr.ofComprehension(
                expr.id(),
                loop.iterVar(),
                loop.iterVar2(),
                replaced(loop.iterRange()),
                loop.accuVar(),
                replaced(loop.accuInit()),
                replaced(loop.loopCondition()),
                replaced(loop.loopStep()),
                replaced(loop.result()));
    }

    private CelExpr made(CelExpr expr) {
        CelExpr fields = CelExpr.ofMap(
                nextId++,
                expr.struct().entries().stream()
                        .map(entry -> CelExpr.ofMapEntry(
                                entry.id(),
                                CelExpr.ofConstant(nextId++, CelConstant.ofValue(entry.fieldKey())),
                                replaced(entry.value()),
                                entry.optionalEntry()))
                        .collect(ImmutableList.toImmutableList()));
        references.put(
                expr.id(), CelReference.newBuilder().addOverloadIds(OVERLOAD).build());
        CelExpr name = CelExpr.ofConstant(
                nextId++, CelConstant.ofValue(tree.getTypeOrThrow(expr.id()).name()));
        return CelExpr.ofCall(expr.id(), Optional.empty(), FUNCTION, ImmutableList.of(name, fields));
    }
}
