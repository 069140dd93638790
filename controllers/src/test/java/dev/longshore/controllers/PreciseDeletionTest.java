package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import org.junit.jupiter.api.Test;

class PreciseDeletionTest {

    @Test
    void anObjectIsFoundByItsTypeItsNamespaceAndItsName() {
        var job = new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("work")
                .withUid("uid-1")
                .endMetadata()
                .build();
        var node = new NodeBuilder()
                .withNewMetadata()
                .withName("node-1")
                .withUid("uid-2")
                .endMetadata()
                .build();

        assertThat(PreciseDeletion.of(job).path()).isEqualTo("/apis/batch/v1/namespaces/default/jobs/work");
        assertThat(PreciseDeletion.of(job).uid()).isEqualTo("uid-1");
        assertThat(PreciseDeletion.of(node).path()).isEqualTo("/api/v1/nodes/node-1");
    }
}
