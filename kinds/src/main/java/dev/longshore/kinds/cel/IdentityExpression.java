package dev.longshore.kinds.cel;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.CelTypeProvider;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.StructType;
import dev.cel.compiler.CelCompiler;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// An expression about who somebody is: about `claims`, what a token says, or about `user`, what was made of it.
/// Checked once, evaluated often. Thread-safe.
public final class IdentityExpression {

    private static final String CLAIMS = "claims";
    private static final String USER = "user";
    private static final String OPTIONAL_SELECT = "_?._";
    private static final ImmutableMap<String, CelType> USER_FIELDS = ImmutableMap.of(
            "username",
            SimpleType.STRING,
            "uid",
            SimpleType.STRING,
            "groups",
            ListType.create(SimpleType.STRING),
            "extra",
            MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)));
    private static final StructType USER_TYPE = StructType.create(
            "kubernetes.UserInfo", USER_FIELDS.keySet(), field -> Optional.ofNullable(USER_FIELDS.get(field)));

    private final String text;
    private final String variable;
    private final CelAbstractSyntaxTree tree;
    private final CelRuntime.Program program;

    private IdentityExpression(String text, String variable, CelAbstractSyntaxTree tree, CelRuntime.Program program) {
        this.text = text;
        this.variable = variable;
        this.tree = tree;
        this.program = program;
    }

    /// The types that one expression meets.
    private static final class Types implements CelTypeProvider {
        @Override
        public ImmutableCollection<CelType> types() {
            return ImmutableList.of(USER_TYPE);
        }

        @Override
        public Optional<CelType> findType(String name) {
            return name.equals(USER_TYPE.name()) ? Optional.of(USER_TYPE) : Optional.empty();
        }
    }

    /// Checks `text`, about a token's claims.
    ///
    /// @param isCondition whether it must answer yes or no; else anything
    public static IdentityExpression ofClaims(String text, boolean isCondition) throws Expression.Malformed {
        CelCompiler compiler = Expression.Language.COMPILER
                .toCompilerBuilder()
                .addVar(CLAIMS, MapType.create(SimpleType.STRING, SimpleType.DYN))
                .build();
        return compiled(compiler, text, CLAIMS, isCondition);
    }

    /// Checks `text`, a condition about a user.
    public static IdentityExpression ofUser(String text) throws Expression.Malformed {
        CelCompiler compiler = Expression.Language.COMPILER
                .toCompilerBuilder()
                .setTypeProvider(new Types())
                .addVar(USER, USER_TYPE)
                .build();
        return compiled(compiler, text, USER, true);
    }

    private static IdentityExpression compiled(CelCompiler compiler, String text, String variable, boolean isCondition)
            throws Expression.Malformed {
        try {
            CelAbstractSyntaxTree tree = compiler.compile(text).getAst();
            if (isCondition && !tree.getResultType().equals(SimpleType.BOOL)) {
                throw new Expression.Malformed("must evaluate to bool");
            }
            return new IdentityExpression(text, variable, tree, Expression.Language.RUNTIME.createProgram(tree));
        } catch (CelValidationException invalid) {
            throw new Expression.Malformed("compilation failed: " + invalid.getMessage());
        } catch (CelEvaluationException broken) {
            throw new Expression.Malformed("program instantiation failed: " + broken.getMessage());
        }
    }

    /// As it was written.
    public String text() {
        return text;
    }

    /// Whether it asks for the claim `name`.
    public boolean mentions(String name) {
        return mentions(tree.getExpr(), name);
    }

    private boolean mentions(CelExpr expr, String name) {
        return switch (expr.getKind()) {
            case CONSTANT, NOT_SET, IDENT -> false;
            case SELECT -> {
                CelExpr operand = expr.select().operand();
                yield isVariable(operand) && expr.select().field().equals(name) || mentions(operand, name);
            }
            case CALL -> {
                List<CelExpr> arguments = expr.call().args();
                boolean isThis = expr.call().function().equals(OPTIONAL_SELECT)
                        && arguments.size() == 2
                        && isVariable(arguments.getFirst())
                        && arguments.getLast().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                        && arguments.getLast().constant().stringValue().equals(name);
                yield isThis
                        || arguments.stream().anyMatch(argument -> mentions(argument, name))
                        || expr.call()
                                .target()
                                .filter(target -> mentions(target, name))
                                .isPresent();
            }
            case LIST -> expr.list().elements().stream().anyMatch(element -> mentions(element, name));
            case MAP ->
                expr.map().entries().stream()
                        .anyMatch(entry -> mentions(entry.key(), name) || mentions(entry.value(), name));
            case STRUCT -> expr.struct().entries().stream().anyMatch(entry -> mentions(entry.value(), name));
            case COMPREHENSION ->
                mentions(expr.comprehension().iterRange(), name)
                        || mentions(expr.comprehension().accuInit(), name)
                        || mentions(expr.comprehension().loopCondition(), name)
                        || mentions(expr.comprehension().loopStep(), name)
                        || mentions(expr.comprehension().result(), name);
        };
    }

    private boolean isVariable(CelExpr expr) {
        return expr.getKind() == CelExpr.ExprKind.Kind.IDENT
                && expr.ident().name().equals(variable);
    }

    /// What it answers: a text, a truth, a number, a list, a map, or null of the language.
    ///
    /// @param about the claims, or the user with the fields that [#ofUser] knows
    public Object evaluate(JsonNode about) throws Expression.Failed {
        var meter = new CostMeter(new CostBudget(CostBudget.OF_AN_OBJECT));
        try {
            return program.trace(Map.of(variable, ClaimValues.of(about)), meter);
        } catch (CelEvaluationException | RuntimeException failed) {
            String why = meter.isOver() ? "operation cancelled: actual cost limit exceeded" : Expression.reason(failed);
            throw new Expression.Failed("expression '" + text + "' resulted in error: " + why);
        }
    }
}
