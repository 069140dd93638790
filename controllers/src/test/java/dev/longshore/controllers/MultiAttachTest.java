package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultiAttachTest {

    private static final Pod WAITING = pod("here", "waiting");

    @Test
    void namesThePodsOfItsNamespaceAndCountsTheOthers() {
        assertThat(MultiAttach.message("pv", WAITING, List.of(pod("here", "b"), pod("there", "c"), pod("here", "a"))))
                .isEqualTo("Multi-Attach error for volume \"pv\" Volume is already used by pod(s) a, b and 1 pod(s) in"
                        + " different namespaces");
        assertThat(MultiAttach.message("pv", WAITING, List.of(pod("here", "a"))))
                .isEqualTo("Multi-Attach error for volume \"pv\" Volume is already used by pod(s) a");
    }

    @Test
    void doesNotNamePodsOfOtherNamespaces() {
        assertThat(MultiAttach.message("pv", WAITING, List.of(pod("there", "secret"))))
                .isEqualTo("Multi-Attach error for volume \"pv\" Volume is already used by 1 pod(s) in different"
                        + " namespaces");
    }

    @Test
    void aVolumeThatNobodyUsesAnyMoreIsStillAttached() {
        assertThat(MultiAttach.message("pv", WAITING, List.of()))
                .isEqualTo("Multi-Attach error for volume \"pv\" Volume is already exclusively attached to one node and"
                        + " can't be attached to another");
    }

    private static Pod pod(String namespace, String name) {
        return new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .build();
    }
}
