package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// An expression about a request: whether it goes, why not, or how it is changed. Compiled once, evaluated often.
/// Thread-safe.
public final class AdmissionExpression {

    private static final String OBJECT = "object";
    private static final String PARAMS = "params";

    private final String text;
    private final CelType type;
    private final CelRuntime.Program program;

    private AdmissionExpression(String text, CelType type, CelRuntime.Program program) {
        this.text = text;
        this.type = type;
        this.program = program;
    }

    /// What an expression must answer.
    public enum Answer {
        /// Whatever it likes.
        ANYTHING(List.of()),
        BOOL(List.of(SimpleType.BOOL)),
        TEXT(List.of(SimpleType.STRING)),
        TEXT_OR_NULL(List.of(SimpleType.STRING, SimpleType.NULL_TYPE)),
        /// `JSONPatch{…}`, several.
        PATCHES(List.of(ListType.create(PatchTypes.PATCH_TYPE))),
        /// `Object{…}`.
        OBJECT(List.of(PatchTypes.OBJECT_TYPE));

        private final List<CelType> types;

        Answer(List<CelType> types) {
            this.types = types;
        }

        private Optional<String> fault(CelType given) {
            String shown = CompileErrors.named(given);
            List<String> wanted = types.stream().map(CompileErrors::named).toList();
            if (wanted.isEmpty() || wanted.contains(shown)) {
                return Optional.empty();
            }
            return Optional.of(
                    wanted.size() == 1
                            ? "must evaluate to %s but got %s".formatted(wanted.getFirst(), shown)
                            : "must evaluate to one of [%s] but got %s".formatted(String.join(" ", wanted), shown));
        }
    }

    /// Checks `text` and makes it ready.
    ///
    /// @throws Expression.Malformed with what is wrong, in the words of the original
    public static AdmissionExpression compile(String text, AdmissionScope scope, Answer answer)
            throws Expression.Malformed {
        CelAbstractSyntaxTree tree;
        try {
            tree = checked(text, scope);
        } catch (CelValidationException invalid) {
            throw new Expression.Malformed("compilation failed: " + CompileErrors.shown(invalid));
        }
        Optional<String> fault = answer.fault(tree.getResultType());
        if (fault.isPresent()) {
            throw new Expression.Malformed(fault.get());
        }
        try {
            var program = Runtime.PROGRAMS.createProgram(scope.makesPatches() ? ObjectCalls.replace(tree) : tree);
            return new AdmissionExpression(text, tree.getResultType(), program);
        } catch (CelEvaluationException broken) {
            throw new Expression.Malformed("program instantiation failed: " + broken.getMessage());
        }
    }

    /// What is wrong with `text` in `scope`; empty if nothing is. Whatever it answers is right.
    public static Optional<String> faults(String text, AdmissionScope scope) {
        try {
            checked(text, scope);
            return Optional.empty();
        } catch (CelValidationException invalid) {
            return Optional.of(CompileErrors.shown(invalid));
        }
    }

    /// What it answers.
    CelType type() {
        return type;
    }

    /// As it is written.
    public String text() {
        return text;
    }

    /// That its evaluation came to nothing, and why, for people.
    public String failure(String why) {
        return "expression '" + text + "' resulted in error: " + why;
    }

    /// What it answers about `values`: a Boolean, a text, or something that [MadePatch] reads.
    ///
    /// @throws Expression.TooCostly when it, or all that was charged to the budget, cost too much
    public Object evaluate(AdmissionValues values) throws Expression.Failed, Expression.TooCostly {
        var meter = new CostMeter(values.budget());
        try {
            return program.trace(values, meter);
        } catch (CelEvaluationException | RuntimeException failed) {
            if (meter.isOver() || values.budget().isSpent()) {
                throw new Expression.TooCostly();
            }
            throw new Expression.Failed(Expression.reason(failed));
        }
    }

    /// Evaluates what makes patches: JSON of the list of operations, or of the object that shall be applied.
    ///
    /// @throws Expression.Failed also when what it made is no patch
    public JsonNode make(AdmissionValues values) throws Expression.Failed, Expression.TooCostly {
        return MadePatch.json(evaluate(values));
    }

    private static CelAbstractSyntaxTree checked(String text, AdmissionScope scope) throws CelValidationException {
        Map<String, CelType> structures = new HashMap<>(AdmissionTypes.all());
        CelCompilerBuilder builder = Expression.Language.COMPILER
                .toCompilerBuilder()
                .addVar(OBJECT, type(scope.object(), structures))
                .addVar("oldObject", type(scope.object(), structures))
                .addVar("namespaceObject", AdmissionTypes.NAMESPACE)
                .addVar("request", AdmissionTypes.REQUEST);
        if (scope.hasParams()) {
            builder.addVar(PARAMS, type(scope.params(), structures));
        }
        if (scope.hasAuthorizer()) {
            builder.addVar("authorizer", AuthorizerLibrary.AUTHORIZER_TYPE)
                    .addVar("authorizer.requestResource", AuthorizerLibrary.RESOURCE_TYPE);
        }
        if (scope.isComposed()) {
            CelType variables = AdmissionTypes.struct(AdmissionScope.VARIABLES_TYPE, scope.variables());
            structures.put(AdmissionScope.VARIABLES_TYPE, variables);
            builder.addVar("variables", variables);
        }
        if (!scope.makesPatches()) {
            return LiteralChecks.passed(builder.setTypeProvider(new Known(structures, Optional.empty()))
                    .build()
                    .compile(text)
                    .getAst());
        }
        builder.addLibraries(new JsonPatchLibrary());
        // What fields there may be is known only from what is written.
        CelAbstractSyntaxTree parsed = Expression.Language.COMPILER.parse(text).getAst();
        CelCompiler compiler = builder.setTypeProvider(new Known(structures, Optional.of(new PatchTypes(parsed))))
                .build();
        return LiteralChecks.passed(compiler.check(parsed).getAst());
    }

    private static CelType type(Optional<DeclaredType> declared, Map<String, CelType> structures) {
        declared.ifPresent(known -> structures.putAll(known.structures()));
        return declared.map(DeclaredType::type).orElse(SimpleType.DYN);
    }

    /// The types that one expression meets; they never change, which a map's type does not say.
    @SuppressWarnings("Immutable")
    private record Known(Map<String, CelType> byName, Optional<PatchTypes> patches) implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.copyOf(byName.values());
        }

        @Override
        public Optional<CelType> findType(String name) {
            return Optional.ofNullable(byName.get(name)).or(() -> patches.flatMap(types -> types.find(name)));
        }
    }

    /// Made when the first expression is.
    private static final class Runtime {
        static final CelRuntime PROGRAMS = Expression.Language.runtime()
                .addFunctionBindings(ObjectCalls.binding())
                .addLibraries(new JsonPatchLibrary())
                .build();

        private Runtime() {}
    }
}
