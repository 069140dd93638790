package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives all journeys one cluster, started at first use, with `hello:1` and `hello:2` built, and purged at the
/// end.
final class SharedCluster implements BeforeAllCallback, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        assertThat(context.getTags())
                .as("@Tag(\"containers\") on the class puts it among ContainerJourneys, beside which others run")
                .contains(ContainerJourneys.TAG);
        Needs.rootAnd("kubectl", "docker", "skopeo", "curl");
        cluster(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningCluster.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return cluster(context);
    }

    private static RunningCluster cluster(ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.GLOBAL)
                .computeIfAbsent(SharedCluster.class, key -> started(), RunningCluster.class);
    }

    private static RunningCluster started() {
        RunningCluster cluster = RunningCluster.fresh();
        try {
            // A cluster's usual 15 seconds are long to wait for.
            cluster.up("--load-balancer-range", "203.0.113.0/28", "--metric-resolution", "5s")
                    .succeeded();
            cluster.docker("build", "-t", "hello:1", "examples/hello").succeeded();
            cluster.docker("build", "-t", "hello:2", "--build-arg", "VERSION=2", "examples/hello")
                    .succeeded();
            return cluster;
        } catch (RuntimeException | Error failure) {
            cluster.close();
            throw failure;
        }
    }
}
