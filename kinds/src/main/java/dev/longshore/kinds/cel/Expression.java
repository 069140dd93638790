package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// An expression about a value, `self`, and maybe what it was before, `oldSelf`: checked once, evaluated often.
/// Thread-safe.
public final class Expression {

    private static final String SELF = "self";
    private static final String OLD = "oldSelf";
    private static final CelOptions OPTIONS = CelOptions.current()
            .enableHeterogeneousNumericComparisons(true)
            .enableRegexPartialMatch(true)
            .build();
    private static final KubernetesLibrary KUBERNETES = new KubernetesLibrary();

    private final CelAbstractSyntaxTree tree;
    private final CelRuntime.Program program;
    private final DeclaredType type;
    private final boolean isOldOptional;

    private Expression(
            CelAbstractSyntaxTree tree, CelRuntime.Program program, DeclaredType type, boolean isOldOptional) {
        this.tree = tree;
        this.program = program;
        this.type = type;
        this.isOldOptional = isOldOptional;
    }

    /// What an expression must answer.
    public enum Answer {
        BOOL(SimpleType.BOOL),
        TEXT(SimpleType.STRING);

        private final CelType type;

        Answer(CelType type) {
            this.type = type;
        }
    }

    /// An expression that cannot be used; the message says why, for people.
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /// An evaluation that came to nothing.
    public static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean isOfResult;

        Failed(String message) {
            this(message, false);
        }

        private Failed(String message, boolean isOfResult) {
            super(message, null, false, false);
            this.isOfResult = isOfResult;
        }

        /// That what was answered is of no use.
        static Failed ofResult(String message) {
            return new Failed(message, true);
        }

        /// Whether there was an answer, which is of no use.
        public boolean isOfResult() {
            return isOfResult;
        }
    }

    /// An evaluation that was broken off because it would have cost too much.
    public static final class TooCostly extends Exception {
        private static final long serialVersionUID = 1L;

        TooCostly() {
            super("operation cancelled: actual cost limit exceeded", null, false, false);
        }
    }

    /// The languages' parts, made when the first expression is met.
    static final class Language {
        static final CelCompiler COMPILER = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(
                        CelExtensions.strings(),
                        CelExtensions.optional(),
                        CelExtensions.sets(OPTIONS),
                        CelExtensions.lists(),
                        CelExtensions.comprehensions(),
                        KUBERNETES)
                .build();
        static final CelRuntime RUNTIME = runtime().build();

        private Language() {}

        /// With all that expressions of every sort can do.
        static CelRuntimeBuilder runtime() {
            return CelRuntimeFactory.standardCelRuntimeBuilder()
                    .setOptions(OPTIONS)
                    .setStandardEnvironmentEnabled(false)
                    .setStandardFunctions(Sameness.others())
                    .addFunctionBindings(Sameness.bindings())
                    .addLibraries(
                            CelExtensions.strings(),
                            CelExtensions.optional(),
                            CelExtensions.sets(OPTIONS),
                            CelExtensions.lists(),
                            CelExtensions.comprehensions(),
                            KUBERNETES);
        }
    }

    /// Checks `text`, about values of `type`.
    ///
    /// @param isOldOptional whether `oldSelf` is an optional value, there also when there was nothing before
    public static Expression compile(String text, DeclaredType type, boolean isOldOptional, Answer answer)
            throws Malformed {
        CelAbstractSyntaxTree tree;
        try {
            tree = LiteralChecks.passed(Language.COMPILER
                    .toCompilerBuilder()
                    .setTypeProvider(new Structures(type.structures()))
                    .addVar(SELF, type.type())
                    .addVar(OLD, isOldOptional ? OptionalType.create(type.type()) : type.type())
                    .build()
                    .compile(text)
                    .getAst());
        } catch (CelValidationException invalid) {
            throw new Malformed("compilation failed: " + CompileErrors.shown(invalid));
        }
        if (!tree.getResultType().equals(answer.type)) {
            throw new Malformed(
                    answer == Answer.BOOL
                            ? "cel expression must evaluate to a bool"
                            : "messageExpression must evaluate to a string");
        }
        try {
            return new Expression(tree, Language.RUNTIME.createProgram(tree), type, isOldOptional);
        } catch (CelEvaluationException broken) {
            throw new Malformed("program instantiation failed: " + broken.getMessage());
        }
    }

    /// Whether it asks what was before.
    public boolean usesOld() {
        return tree.getReferenceMap().values().stream()
                .anyMatch(reference -> reference.name().equals(OLD));
    }

    /// What one evaluation can cost at most, as far as the type limits it.
    public long highestCost() {
        return new CostEstimate(tree, Map.of(SELF, type, OLD, type)).most();
    }

    /// Evaluates it about `self`.
    ///
    /// @param old what was before; missing if there was nothing
    /// @param budget is charged with what it costs
    public Object evaluate(JsonNode self, JsonNode old, CostBudget budget) throws Failed, TooCostly {
        Map<String, Object> values = new HashMap<>();
        values.put(SELF, CelValues.of(self, type));
        if (isOldOptional) {
            values.put(OLD, old.isMissingNode() ? Optional.empty() : Optional.of(CelValues.of(old, type)));
        } else if (!old.isMissingNode()) {
            values.put(OLD, CelValues.of(old, type));
        }
        var meter = new CostMeter(budget);
        try {
            return program.trace(values, meter);
        } catch (CelEvaluationException | RuntimeException failed) {
            if (meter.isOver()) {
                throw new TooCostly();
            }
            throw new Failed(reason(failed));
        }
    }

    static String reason(Throwable failed) {
        Throwable cause = failed;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String message = String.valueOf(cause.getMessage());
        if (message.contains("is not present in map")) {
            String key = message.replaceAll("(?s).*key '(.*)' is not present in map.*", "$1");
            return "no such key: " + key;
        }
        return message.contains("/ by zero") ? "division by zero" : message;
    }

    /// The types that one expression meets; they never change, which a map's type does not say.
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
