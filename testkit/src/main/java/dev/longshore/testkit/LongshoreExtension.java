package dev.longshore.testkit;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests a cluster: one for the whole run, started when the first test class asks, stopped after the last. Tests keep
/// apart by namespaces, as on any cluster.
///
/// ```java
/// @ExtendWith(LongshoreExtension.class)
/// class OperatorTest {
///     @Test
///     void makesADeployment(LongshoreCluster cluster) { … }
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

    private static LongshoreCluster cluster(ExtensionContext context) {
        Object cluster = context.getRoot()
                .getStore(Namespace.create(LongshoreExtension.class))
                .getOrComputeIfAbsent(Held.class, key -> new Held(LongshoreCluster.start(NODES)));
        return ((Held) cluster).cluster;
    }

    /// Both ways in which JUnit, of whatever version, closes what is in its store.
    @SuppressWarnings("deprecation") // users bring older versions of JUnit, which know no other way
    private record Held(LongshoreCluster cluster)
            implements AutoCloseable, ExtensionContext.Store.CloseableResource {
        @Override
        public void close() {
            cluster.close();
        }
    }
}
