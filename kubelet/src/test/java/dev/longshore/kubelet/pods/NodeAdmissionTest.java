package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeAdmissionTest {

    private final NodeAdmission admission = new NodeAdmission(Map::of);

    @Test
    void whoWantsAPortOfTheNodeThatIsTakenIsRefusedUntilItIsGivenBack() {
        assertThat(admission.admit(pod("first", "TCP", "", 80))).isEmpty();

        assertThat(admission.admit(pod("second", "TCP", "", 80)))
                .contains(new NodeAdmission.Refusal(
                        "NodePorts",
                        "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"));
        admission.release("first");
        assertThat(admission.admit(pod("second", "TCP", "", 80))).isEmpty();
    }

    @Test
    void portsOfOtherProtocolsAndAddressesAreOthers() {
        assertThat(admission.admit(pod("first", "TCP", "10.0.0.1", 80))).isEmpty();

        assertThat(admission.admit(pod("udp", "UDP", "10.0.0.1", 80))).isEmpty();
        assertThat(admission.admit(pod("elsewhere", "TCP", "10.0.0.2", 80))).isEmpty();
        assertThat(admission.admit(pod("other", "TCP", "10.0.0.1", 81))).isEmpty();
        assertThat(admission.admit(pod("everywhere", "TCP", "0.0.0.0", 80))).isPresent();
    }

    private static Pod pod(String uid, String protocol, String address, int port) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(uid)
                .withUid(uid)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .addNewPort()
                .withProtocol(protocol)
                .withHostIP(address)
                .withHostPort(port)
                .withContainerPort(port)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
    }
}
