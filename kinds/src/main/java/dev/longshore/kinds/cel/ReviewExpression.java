package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// An expression about a question of access, `request`, which is a SubjectAccessReview's `spec`. Checked once,
/// evaluated often. Thread-safe.
public final class ReviewExpression {

    private static final String REQUEST = "request";
    private static final String PREFIX = "kubernetes.";
    private static final CelType TEXTS = ListType.create(SimpleType.STRING);
    private static final Map<String, CelType> STRUCTURES = new HashMap<>();
    private static final CelType TYPE = structure();

    private final String text;
    private final CelRuntime.Program program;

    private ReviewExpression(String text, CelRuntime.Program program) {
        this.text = text;
        this.program = program;
    }

    /// Fields have their own names, also where expressions about objects must write them otherwise: `namespace`.
    private static CelType structure() {
        CelType requirement = struct(
                "SelectorRequirement",
                Map.of("key", SimpleType.STRING, "operator", SimpleType.STRING, "values", TEXTS));
        Map<String, CelType> selector =
                Map.of("rawSelector", SimpleType.STRING, "requirements", ListType.create(requirement));
        var resource = new HashMap<String, CelType>();
        for (String field : List.of("namespace", "verb", "group", "version", "resource", "subresource", "name")) {
            resource.put(field, SimpleType.STRING);
        }
        resource.put("fieldSelector", struct("FieldSelectorAttributes", selector));
        resource.put("labelSelector", struct("LabelSelectorAttributes", selector));
        return struct(
                "SubjectAccessReviewSpec",
                Map.of(
                        "resourceAttributes",
                        struct("ResourceAttributes", resource),
                        "nonResourceAttributes",
                        struct("NonResourceAttributes", Map.of("path", SimpleType.STRING, "verb", SimpleType.STRING)),
                        "user",
                        SimpleType.STRING,
                        "groups",
                        TEXTS,
                        "extra",
                        MapType.create(SimpleType.STRING, TEXTS),
                        "uid",
                        SimpleType.STRING));
    }

    /// The map that the resolver reads never changes, which its type does not say.
    @SuppressWarnings("Immutable")
    private static CelType struct(String name, Map<String, CelType> fields) {
        Map<String, CelType> known = Map.copyOf(fields);
        CelType type = StructType.create(
                PREFIX + name, ImmutableSet.copyOf(known.keySet()), field -> Optional.ofNullable(known.get(field)));
        STRUCTURES.put(type.name(), type);
        return type;
    }

    /// Checks `text`.
    public static ReviewExpression compile(String text) throws Expression.Malformed {
        try {
            CelAbstractSyntaxTree tree = Expression.Language.COMPILER
                    .toCompilerBuilder()
                    .setTypeProvider(new Structures(Map.copyOf(STRUCTURES)))
                    .addVar(REQUEST, TYPE)
                    .build()
                    .compile(text)
                    .getAst();
            if (!tree.getResultType().equals(SimpleType.BOOL)) {
                throw new Expression.Malformed("must evaluate to bool but got "
                        + tree.getResultType().name().toLowerCase(java.util.Locale.ROOT));
            }
            return new ReviewExpression(text, Expression.Language.RUNTIME.createProgram(tree));
        } catch (CelValidationException invalid) {
            throw new Expression.Malformed("compilation failed: " + invalid.getMessage());
        } catch (CelEvaluationException broken) {
            throw new Expression.Malformed("program instantiation failed: " + broken.getMessage());
        }
    }

    /// The value of a question, for [#fits].
    public static Object value(JsonNode spec) {
        if (spec.isObject()) {
            var map = new LinkedHashMap<String, Object>();
            spec.properties().forEach(field -> map.put(field.getKey(), value(field.getValue())));
            return map;
        }
        return spec.isArray() ? spec.valueStream().map(ReviewExpression::value).toList() : spec.asString();
    }

    /// Whether it holds for a question.
    public boolean fits(Object question) throws Expression.Failed {
        try {
            Object answer = program.eval(Map.of(REQUEST, question));
            if (answer instanceof Boolean fits) {
                return fits;
            }
            throw new Expression.Failed("eval result value should be bool but got " + CelValues.shown(answer));
        } catch (CelEvaluationException | RuntimeException failed) {
            throw new Expression.Failed(reason(failed));
        }
    }

    private static String reason(Exception failed) {
        boolean isMissing = failed instanceof CelEvaluationException told
                && told.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND;
        String reason = Expression.reason(failed);
        return isMissing && !reason.contains(" ") ? "no such key: " + reason : reason;
    }

    /// As it is written.
    public String text() {
        return text;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ReviewExpression that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /// They never change, which a map's type does not say.
    @SuppressWarnings("Immutable")
    private record Structures(Map<String, CelType> byName) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(byName.values());
        }

        @Override
        public Optional<CelType> findType(String typeName) {
            return Optional.ofNullable(byName.get(typeName));
        }
    }
}
