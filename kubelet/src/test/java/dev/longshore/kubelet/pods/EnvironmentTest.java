package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {

    private final FakeCluster cluster = new FakeCluster();
    private final Environment environment = new Environment(cluster, true);
    private final PodContext pod = new PodContext(
            WorkersFixture.pod("web", "Always", WorkersFixture.container("main"))
                    .build(),
            List.of("10.0.0.1", "fd00::1"),
            List.of("192.0.2.1"),
            Map.of("cpu", new Quantity("4"), "memory", new Quantity("8Gi")));

    @Test
    void expandsWhatStandsBefore() {
        var container = new ContainerBuilder(WorkersFixture.container("main"))
                .addNewEnv()
                .withName("A")
                .withValue("one")
                .endEnv()
                .addNewEnv()
                .withName("B")
                .withValue("$(A)-$$(A)-$(C)")
                .endEnv()
                .build();

        assertThat(environment.of(pod, container)).containsEntry("B", "one-$(A)-$(C)");
    }

    @Test
    void readsFieldsAndResources() {
        var container = new ContainerBuilder(WorkersFixture.container("main"))
                .addNewEnv()
                .withName("IPS")
                .withNewValueFrom()
                .withNewFieldRef("v1", "status.podIPs")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("NODE")
                .withNewValueFrom()
                .withNewFieldRef("v1", "spec.nodeName")
                .endValueFrom()
                .endEnv()
                .addNewEnv()
                .withName("CPUS")
                .withNewValueFrom()
                .withNewResourceFieldRef()
                .withResource("limits.cpu")
                .endResourceFieldRef()
                .endValueFrom()
                .endEnv()
                .build();

        assertThat(environment.of(pod, container))
                .containsEntry("IPS", "10.0.0.1,fd00::1")
                .containsEntry("NODE", "node-1")
                .containsEntry("CPUS", "4");
    }

    @Test
    void takesAllOfAConfigMapAndASecret() {
        cluster.configMaps.put("c", new ConfigMapBuilder().addToData("K", "v").build());
        cluster.secrets.put("s", new SecretBuilder().addToData("P", "cHc=").build());
        var container = new ContainerBuilder(WorkersFixture.container("main"))
                .addNewEnvFrom()
                .withPrefix("X_")
                .withNewConfigMapRef("c", false)
                .endEnvFrom()
                .addNewEnvFrom()
                .withNewSecretRef("s", false)
                .endEnvFrom()
                .addNewEnvFrom()
                .withNewSecretRef("missing", true)
                .endEnvFrom()
                .build();

        assertThat(environment.of(pod, container)).containsEntry("X_K", "v").containsEntry("P", "pw");
    }

    @Test
    void insistsOnAKeyThatIsNotOptional() {
        cluster.secrets.put("s", new SecretBuilder().addToData("P", "cHc=").build());
        var container = new ContainerBuilder(WorkersFixture.container("main"))
                .addNewEnv()
                .withName("Q")
                .withNewValueFrom()
                .withNewSecretKeyRef("other", "s", false)
                .endValueFrom()
                .endEnv()
                .build();

        assertThatThrownBy(() -> environment.of(pod, container))
                .isInstanceOf(VolumeException.class)
                .hasMessage("couldn't find key other in Secret default/s");
    }

    @Test
    void tellsWhereServicesAre() {
        cluster.services.add(new ServiceBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("kubernetes")
                .endMetadata()
                .withNewSpec()
                .withClusterIP("10.96.0.1")
                .addNewPort()
                .withName("https")
                .withProtocol("TCP")
                .withPort(443)
                .endPort()
                .endSpec()
                .build());

        assertThat(environment.of(pod, WorkersFixture.container("main")))
                .containsEntry("KUBERNETES_SERVICE_HOST", "10.96.0.1")
                .containsEntry("KUBERNETES_SERVICE_PORT", "443")
                .containsEntry("KUBERNETES_SERVICE_PORT_HTTPS", "443")
                .containsEntry("KUBERNETES_PORT", "tcp://10.96.0.1:443")
                .containsEntry("KUBERNETES_PORT_443_TCP", "tcp://10.96.0.1:443")
                .containsEntry("KUBERNETES_PORT_443_TCP_PROTO", "tcp")
                .containsEntry("KUBERNETES_PORT_443_TCP_PORT", "443")
                .containsEntry("KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1");
    }
}
