package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountStatusBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;

class RecursiveReadOnlyTest {

    private final RecursiveReadOnly able = new RecursiveReadOnly(true);
    private final RecursiveReadOnly unable = new RecursiveReadOnly(false);

    @Test
    void isDoneWhereItIsAskedForAndPossible() {
        assertThat(able.holds(mount("readOnly: true"))).isFalse();
        assertThat(able.holds(mount("readOnly: true, recursiveReadOnly: Disabled")))
                .isFalse();
        assertThat(able.holds(mount("readOnly: true, recursiveReadOnly: IfPossible")))
                .isTrue();
        assertThat(able.holds(mount("readOnly: true, recursiveReadOnly: Enabled")))
                .isTrue();
        assertThat(unable.holds(mount("readOnly: true, recursiveReadOnly: IfPossible")))
                .isFalse();
    }

    @Test
    void isRefusedWhereItMustBeAndCannot() {
        refused(unable, "readOnly: true, recursiveReadOnly: Enabled", "but it is not supported by the runtime");
        refused(able, "recursiveReadOnly: Enabled", "but it is not read-only");
        refused(
                able,
                "readOnly: true, recursiveReadOnly: IfPossible, mountPropagation: HostToContainer",
                "but it is not compatible with propagation \"HostToContainer\"");
    }

    @Test
    void theStatusSaysWhatBecameOfEachMount() {
        Container container = Serialization.unmarshal(
                "---\n{volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b, readOnly: true},"
                        + " {name: c, mountPath: /c, readOnly: true, recursiveReadOnly: Enabled}]}",
                Container.class);

        assertThat(able.statuses(container))
                .containsExactly(
                        status("a").build(),
                        status("b")
                                .withReadOnly(true)
                                .withRecursiveReadOnly("Disabled")
                                .build(),
                        status("c")
                                .withReadOnly(true)
                                .withRecursiveReadOnly("Enabled")
                                .build());
        assertThat(unable.statuses(container).getLast().getRecursiveReadOnly()).isEqualTo("Disabled");
    }

    private static void refused(RecursiveReadOnly node, String mount, String why) {
        assertThatThrownBy(() -> node.holds(mount(mount)))
                .isInstanceOf(VolumeException.class)
                .hasMessage(
                        "failed to resolve recursive read-only mode: volume \"v\" requested recursive read-only mode, "
                                + why);
    }

    private static VolumeMountStatusBuilder status(String name) {
        return new VolumeMountStatusBuilder().withName(name).withMountPath("/" + name);
    }

    private static VolumeMount mount(String fields) {
        return Serialization.unmarshal("---\n{name: v, mountPath: /v, %s}".formatted(fields), VolumeMount.class);
    }
}
