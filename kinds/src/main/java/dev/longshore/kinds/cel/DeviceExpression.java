package dev.longshore.kinds.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelKind;
import dev.cel.extensions.CelExtensions;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.longshore.model.Quantity;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/// An expression that chooses among devices: about `device`, with its `driver`, its `attributes` and `capacity` by
/// domain and name, and whether it `allowMultipleAllocations`. Checked once, evaluated often. Thread-safe.
public final class DeviceExpression {

    private static final String DEVICE = "device";

    private final CelAbstractSyntaxTree tree;
    private final CelRuntime.Program program;

    private DeviceExpression(CelAbstractSyntaxTree tree, CelRuntime.Program program) {
        this.tree = tree;
        this.program = program;
    }

    /// Checks `text`.
    public static DeviceExpression compile(String text) throws Expression.Malformed {
        try {
            CelAbstractSyntaxTree tree = LiteralChecks.passed(Expression.Language.COMPILER
                    .toCompilerBuilder()
                    .addLibraries(CelExtensions.bindings())
                    .setTypeProvider(DeviceType.PROVIDER)
                    .addVar(DEVICE, DeviceType.DEVICE.type())
                    .build()
                    .compile(text)
                    .getAst());
            CelKind answer = tree.getResultType().kind();
            if (answer != CelKind.BOOL && answer != CelKind.ANY) {
                throw new Expression.Malformed(
                        "must evaluate to bool or the unknown type, not " + CompileErrors.named(tree.getResultType()));
            }
            return new DeviceExpression(tree, Expression.Language.RUNTIME.createProgram(tree));
        } catch (CelValidationException invalid) {
            throw new Expression.Malformed("compilation failed: " + CompileErrors.shown(invalid));
        } catch (CelEvaluationException broken) {
            throw new Expression.Malformed("program instantiation failed: " + broken.getMessage());
        }
    }

    /// Whether one evaluation can cost more than it may.
    public boolean canCostTooMuch() {
        return new CostEstimate(tree, Map.of(DEVICE, DeviceType.DEVICE)).most() > CostBudget.OF_A_CALL;
    }

    /// Whether it chooses `device`.
    public boolean chooses(Device device) throws Expression.Failed, Expression.TooCostly {
        var meter = new CostMeter(new CostBudget(CostBudget.OF_A_CALL));
        try {
            Object answer = program.trace(Map.of(DEVICE, device.value()), meter);
            if (answer instanceof Boolean chosen) {
                return chosen;
            }
            throw new Expression.Failed("the expression answered " + CelValues.shown(answer) + ", not true or false");
        } catch (CelEvaluationException | RuntimeException failed) {
            if (meter.isOver()) {
                throw new Expression.TooCostly();
            }
            throw new Expression.Failed(Expression.reason(failed));
        }
    }

    /// A device as expressions see it. Names without a domain are of the driver's own.
    public static final class Device {

        private final String driver;
        private final Domains attributes = new Domains();
        private final Domains capacity = new Domains();
        private final boolean isShared;

        /// @param isShared whether several may have it at once
        public Device(String driver, boolean isShared) {
            this.driver = driver;
            this.isShared = isShared;
        }

        /// Has the attribute: a Long, a Boolean, or a text.
        public Device with(String name, Object value) {
            attributes.add(driver, name, value);
            return this;
        }

        /// Has an attribute that is a version; ignored if it is none.
        public Device withVersion(String name, String version) {
            SemverLibrary.Semver.find(version).ifPresent(found -> attributes.add(driver, name, found));
            return this;
        }

        /// Has so much of something; ignored if it is no amount.
        public Device withCapacity(String name, String amount) {
            Quantity.find(amount).ifPresent(found -> capacity.add(driver, name, found));
            return this;
        }

        private Map<String, Object> value() {
            return Map.of(
                    "driver", driver,
                    "attributes", attributes,
                    "capacity", capacity,
                    "allowMultipleAllocations", isShared);
        }
    }

    /// What belongs to which domain. A domain that nothing belongs to is empty, not missing.
    private static final class Domains extends LinkedHashMap<String, Map<String, Object>> {
        private static final long serialVersionUID = 1L;

        void add(String own, String name, Object value) {
            int slash = name.indexOf('/');
            computeIfAbsent(slash < 0 ? own : name.substring(0, slash), domain -> new HashMap<>())
                    .put(name.substring(slash + 1), value);
        }

        @Override
        public Map<String, Object> get(Object domain) {
            return super.getOrDefault(domain, Map.of());
        }

        // The evaluator asks this before it takes.
        @Override
        public boolean containsKey(Object domain) {
            return true;
        }
    }
}
