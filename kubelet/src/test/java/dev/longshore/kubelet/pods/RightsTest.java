package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.Digest;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RightsTest {

    private static ContainerSecurity rights(String ofPod, String ofContainer, String imageUser, boolean seccomp) {
        Pod pod = Serialization.unmarshal("""
                {"metadata":{"name":"p","namespace":"ns","uid":"u"},
                 "spec":{"securityContext":{%s},"containers":[{"name":"c","securityContext":{%s}}]}}
                """.formatted(ofPod, ofContainer), Pod.class);
        var image = new Images.ImageStatus(
                Digest.sha256("image".getBytes(StandardCharsets.UTF_8)),
                List.of(),
                List.of(),
                1,
                Optional.of(imageUser).filter(user -> !user.isEmpty()));
        var settings = new PodSettings(
                "node",
                Path.of("/kubelet"),
                Path.of("/logs"),
                List.of(),
                List.of(),
                "cluster.local",
                1,
                "longshore",
                false,
                PodRules.of(new SecuritySettings(List.of(), seccomp)));
        return Rights.of(pod, pod.getSpec().getContainers().getFirst(), image, settings);
    }

    private static ContainerSecurity rights(String ofPod, String ofContainer) {
        return rights(ofPod, ofContainer, "", true);
    }

    @Test
    void theContainersWordGoesBeforeThePods() {
        ContainerSecurity rights = rights("\"runAsUser\":1,\"runAsGroup\":2", "\"runAsUser\":3");

        assertThat(rights.user()).hasValue(3L);
        assertThat(rights.group()).hasValue(2L);
    }

    @Test
    void aGroupAloneLeavesTheImagesUser() {
        ContainerSecurity rights = rights("\"runAsGroup\":2", "", "web", true);

        assertThat(rights.user()).isEmpty();
        assertThat(rights.group()).hasValue(2L);
    }

    @Test
    void groupsAreMergedWithTheImagesUnlessThePolicyIsStrict() {
        String groups = "\"fsGroup\":5,\"supplementalGroups\":[6,7]";

        assertThat(rights(groups, "").supplementalGroups()).containsExactlyInAnyOrder(5L, 6L, 7L);
        assertThat(rights(groups, "").strictGroups()).isFalse();
        assertThat(rights(groups + ",\"supplementalGroupsPolicy\":\"Strict\"", "")
                        .strictGroups())
                .isTrue();
    }

    @Test
    void whoMustNotBeRootIsRefusedIfItWouldBeOrIfNobodyKnows() {
        String where = " (pod: \"p_ns(u)\", container: c)";
        assertThatThrownBy(() -> rights("\"runAsNonRoot\":true", "\"runAsUser\":0"))
                .isInstanceOf(VolumeException.class)
                .hasMessage("container's runAsUser breaks non-root policy" + where);
        assertThatThrownBy(() -> rights("\"runAsNonRoot\":true", ""))
                .hasMessage("container has runAsNonRoot and image will run as root" + where);
        assertThatThrownBy(() -> rights("\"runAsNonRoot\":true", "", "0:7", true))
                .hasMessage("container has runAsNonRoot and image will run as root" + where);
        assertThatThrownBy(() -> rights("\"runAsNonRoot\":true", "", "web", true))
                .hasMessage("container has runAsNonRoot and image has non-numeric user (web), cannot verify user is"
                        + " non-root" + where);
        assertThatThrownBy(() -> rights("\"runAsNonRoot\":true", "", "4294967295", true))
                .hasMessageContaining("image has an invalid user id (4294967295)");
        assertThat(rights("\"runAsNonRoot\":true", "", "101", true).user()).isEmpty();
        assertThat(rights("\"runAsNonRoot\":true", "\"runAsNonRoot\":false").user())
                .isEmpty();
    }

    @Test
    void callsAreFilteredUnlessThePodOrTheNodesOwnerSaysOtherwise() {
        assertThat(rights("", "").seccompProfile()).isEqualTo("RuntimeDefault");
        assertThat(rights("", "", "", false).seccompProfile()).isEqualTo("Unconfined");
        assertThat(rights("\"seccompProfile\":{\"type\":\"RuntimeDefault\"}", "", "", false)
                        .seccompProfile())
                .isEqualTo("RuntimeDefault");
        assertThat(rights(
                                "\"seccompProfile\":{\"type\":\"Unconfined\"}",
                                "\"seccompProfile\":{\"type\":\"Localhost\",\"localhostProfile\":\"a/b.json\"}")
                        .seccompProfile())
                .isEqualTo("/kubelet/seccomp/a/b.json");
        assertThatThrownBy(() -> rights(
                        "\"seccompProfile\":{\"type\":\"Localhost\",\"localhostProfile\":\"../../etc/passwd\"}", ""))
                .isInstanceOf(VolumeException.class)
                .hasMessageContaining("not below the node's directory of profiles");
    }

    @Test
    void appArmorIsTheContainersWordBeforeThePods() {
        String ofPod = "\"appArmorProfile\":{\"type\":\"RuntimeDefault\"}";

        assertThat(rights("", "").appArmorProfile()).isEmpty();
        assertThat(rights(ofPod, "").appArmorProfile()).isEqualTo("RuntimeDefault");
        assertThat(rights(ofPod, "\"appArmorProfile\":{\"type\":\"Localhost\",\"localhostProfile\":\"mine\"}")
                        .appArmorProfile())
                .isEqualTo("localhost/mine");
        assertThat(rights(ofPod, "\"appArmorProfile\":{\"type\":\"Unconfined\"}")
                        .appArmorProfile())
                .isEqualTo("Unconfined");
    }

    @Test
    void whoIsPrivilegedIsNotConfined() {
        ContainerSecurity rights = rights("\"seccompProfile\":{\"type\":\"RuntimeDefault\"}", "\"privileged\":true");

        assertThat(rights.seccompProfile()).isEqualTo("Unconfined");
        assertThat(rights.unmaskedProc()).isTrue();
        assertThat(rights.allowPrivilegeEscalation()).isTrue();
    }
}
