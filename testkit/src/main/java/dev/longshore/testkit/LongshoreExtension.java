package dev.longshore.testkit;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests (of JUnit 5.13 or later) a cluster: one for the whole run, started when the first test class
/// asks, stopped after the last. Tests keep apart by namespaces, as on any cluster.
///
/// ```java
/// @ExtendWith(LongshoreExtension.class)
/// class OperatorTest {
///     @Test
///     void makesADeployment(LongshoreCluster cluster) {
///         Config config = Config.fromKubeconfig(cluster.kubeconfig());
///         ...
///     }
/// }
/// ```
public final class LongshoreExtension implements BeforeAllCallback, ParameterResolver {

    private static final int NODES = 2;

    /// For JUnit.
    public LongshoreExtension() {}

    @Override
    public void beforeAll(ExtensionContext context) {
        cluster(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == LongshoreCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster(context);
    }

    private static synchronized LongshoreCluster cluster(ExtensionContext context) {
        ExtensionContext.Store store = context.getRoot().getStore(Namespace.create(LongshoreExtension.class));
        LongshoreCluster present = store.get(LongshoreCluster.class, LongshoreCluster.class);
        if (present == null) {
            present = LongshoreCluster.start(NODES);
            store.put(LongshoreCluster.class, present);
        }
        return present;
    }
}
