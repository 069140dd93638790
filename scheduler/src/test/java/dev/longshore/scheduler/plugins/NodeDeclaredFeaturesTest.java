package dev.longshore.scheduler.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeDeclaredFeaturesTest {

    private static final Verdict REJECTED = Verdict.rejected("node(s) didn't match Pod's required features");

    private final PodView demanding = Sample.pod(
            "web",
            pod -> pod.editSpec()
                    .editFirstContainer()
                    .addNewRestartPolicyRule()
                    .withAction("RestartAllContainers")
                    .endRestartPolicyRule()
                    .endContainer()
                    .endSpec());
    private final PodView withOwnUsers = Sample.pod(
            "web",
            pod -> pod.editSpec().withHostNetwork(true).withHostUsers(false).endSpec());

    private static NodeView node(String... features) {
        return NodeView.of(
                new NodeBuilder()
                        .withNewMetadata()
                        .withName("n")
                        .endMetadata()
                        .withNewSpec()
                        .endSpec()
                        .withNewStatus()
                        .withDeclaredFeatures(features)
                        .endStatus()
                        .build(),
                List.of());
    }

    private static Verdict verdict(PodView pod, NodeView node) {
        return new NodeDeclaredFeatures().filter(pod, node, new Snapshot(List.of(node)));
    }

    @Test
    void whoAsksForNothingSpecialGoesAnywhere() {
        assertThat(verdict(Sample.pod("web"), node())).isEqualTo(Verdict.FITS);
    }

    @Test
    void whatAPodNeedsItsNodeMustHaveDeclared() {
        assertThat(verdict(demanding, node())).isEqualTo(REJECTED);
        assertThat(verdict(demanding, node("Other", "RestartAllContainersOnContainerExits")))
                .isEqualTo(Verdict.FITS);
        assertThat(verdict(withOwnUsers, node("RestartAllContainersOnContainerExits")))
                .isEqualTo(REJECTED);
        assertThat(verdict(withOwnUsers, node("UserNamespacesHostNetworkSupport")))
                .isEqualTo(Verdict.FITS);
    }
}
