package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives all journeys one cluster, started at first use, with `hello:1` and `hello:2` built, and purged at the
/// end.
final class SharedCluster implements BeforeAllCallback, ParameterResolver {

    /// How its node is configured: as a laptop's (`KubeletConfiguration.ofLaptop`), and with what tests look for.
    static final String KUBELET = """
            apiVersion: kubelet.config.k8s.io/v1beta1
            kind: KubeletConfiguration
            failCgroupV1: false
            serializeImagePulls: false
            maxParallelImagePulls: 4
            imageGCHighThresholdPercent: 100
            evictionHard:
              memory.available: 100Mi
              nodefs.available: 1Gi
              nodefs.inodesFree: 5%
              imagefs.available: 1Gi
              imagefs.inodesFree: 5%
              pid.available: 5%
            podPidsLimit: 4000
            systemReserved: {cpu: 50m, memory: 64Mi}
            kubeReserved: {cpu: 50m, memory: 64Mi}
            containerLogMaxFiles: 3
            """;

    /// What its audit log tells: of one namespace everything, but nothing of Secrets' contents.
    static final String AUDIT = """
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [RequestReceived]
            rules:
            - {level: Metadata, namespaces: [audited], resources: [{resources: [secrets]}]}
            - {level: RequestResponse, namespaces: [audited]}
            """;

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
            Path configuration = Files.writeString(cluster.directory().resolve("kubelet.yaml"), KUBELET);
            Path policy = Files.writeString(cluster.directory().resolve("audit-policy.yaml"), AUDIT);
            cluster.up(
                            "--audit-policy-file",
                            policy.toString(),
                            "--audit-log-path",
                            cluster.directory().resolve("audit.log").toString(),
                            "--load-balancer-range",
                            "203.0.113.0/28",
                            "--metric-resolution",
                            "5s",
                            // For certificates of pods and bundles of trust anchors, which are off by default.
                            "--runtime-config",
                            "certificates.k8s.io/v1beta1=true",
                            "--kubelet-config",
                            configuration.toString())
                    .succeeded();
            cluster.docker("build", "-t", "hello:1", "examples/hello").succeeded();
            cluster.docker("build", "-t", "hello:2", "--build-arg", "VERSION=2", "examples/hello")
                    .succeeded();
            return cluster;
        } catch (IOException failure) {
            cluster.close();
            throw new UncheckedIOException(failure);
        } catch (RuntimeException | Error failure) {
            cluster.close();
            throw failure;
        }
    }
}
