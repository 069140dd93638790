package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The types with which expressions make patches: `JSONPatch`, and `Object`, `Object.spec` and so on, one for every
/// place of an object. Objects have whatever fields they are given: what the kind has is not known.
final class PatchTypes {

    private static final String OBJECT = "Object";
    private static final String PATCH = "JSONPatch";
    static final CelType PATCH_TYPE = AdmissionTypes.struct(
            PATCH,
            Map.of(
                    "op",
                    SimpleType.STRING,
                    "path",
                    SimpleType.STRING,
                    "from",
                    SimpleType.STRING,
                    "value",
                    SimpleType.DYN));
    static final CelType OBJECT_TYPE = StructType.create(OBJECT, ImmutableSet.of(), field -> Optional.empty());

    private final ImmutableSet<String> fields;

    /// Those that `parsed` may name.
    PatchTypes(CelAbstractSyntaxTree parsed) {
        var names = ImmutableSet.<String>builder();
        collect(parsed.getExpr(), names);
        fields = names.build();
    }

    /// The type called `name`.
    Optional<CelType> find(String name) {
        if (name.equals(PATCH)) {
            return Optional.of(PATCH_TYPE);
        }
        return name.equals(OBJECT) || name.startsWith(OBJECT + ".")
                ? Optional.of(StructType.create(name, fields, field -> Optional.of(SimpleType.DYN)))
                : Optional.empty();
    }

    private static void collect(CelExpr expr, ImmutableSet.Builder<String> names) {
        switch (expr.getKind()) {
            case SELECT -> names.add(expr.select().field());
            case STRUCT -> expr.struct().entries().forEach(entry -> names.add(entry.fieldKey()));
            case CONSTANT, NOT_SET, IDENT, CALL, LIST, MAP, COMPREHENSION -> {}
        }
        // The optional `?.` is a call with the field's name.
        if (expr.getKind() == CelExpr.ExprKind.Kind.CALL
                && expr.call().function().equals("_?._")
                && expr.call().args().size() == 2) {
            CelExpr field = expr.call().args().get(1);
            if (field.getKind() == CelExpr.ExprKind.Kind.CONSTANT) {
                names.add(field.constant().stringValue());
            }
        }
        parts(expr).forEach(part -> collect(part, names));
    }

    /// What `expr` is made of.
    static List<CelExpr> parts(CelExpr expr) {
        return switch (expr.getKind()) {
            case CONSTANT, NOT_SET, IDENT -> List.of();
            case SELECT -> List.of(expr.select().operand());
            case CALL ->
                java.util.stream.Stream.concat(expr.call().target().stream(), expr.call().args().stream())
                        .toList();
            case LIST -> expr.list().elements();
            case STRUCT ->
                expr.struct().entries().stream()
                        .map(CelExpr.CelStruct.Entry::value)
                        .toList();
            case MAP ->
                expr.map().entries().stream()
                        .flatMap(entry -> java.util.stream.Stream.of(entry.key(), entry.value()))
                        .toList();
            case COMPREHENSION -> {
                var loop = expr.comprehension();
                yield List.of(loop.iterRange(), loop.accuInit(), loop.loopCondition(), loop.loopStep(), loop.result());
            }
        };
    }
}
