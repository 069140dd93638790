package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MirroredSlicesTest {

    private static EndpointsBuilder endpoints(String... addresses) {
        return new EndpointsBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("database")
                .withUid("uid")
                .addToLabels("tier", "gold")
                .addToAnnotations("kubectl.kubernetes.io/last-applied-configuration", "{}")
                .addToAnnotations("example.com/note", "kept")
                .endMetadata()
                .addNewSubset()
                .addAllToAddresses(List.of(addresses).stream()
                        .map(address ->
                                new EndpointAddressBuilder().withIp(address).build())
                        .toList())
                .addNewPort()
                .withName("sql")
                .withPort(5432)
                .withProtocol("TCP")
                .endPort()
                .endSubset();
    }

    private static Endpoints noMore() {
        return endpoints().withSubsets(List.of()).build();
    }

    @Test
    void eachFamilyGetsASliceWithLabelsAndAnnotations() {
        var changes = MirroredSlices.converge(endpoints("10.1.0.1", "fd00::1").build(), List.of())
                .changes();

        assertThat(changes.create()).extracting(slice -> slice.getAddressType()).containsExactly("IPv4", "IPv6");
        var first = changes.create().getFirst();
        assertThat(first.getMetadata().getLabels())
                .containsEntry("tier", "gold")
                .containsEntry("kubernetes.io/service-name", "database")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslicemirroring-controller.k8s.io");
        assertThat(first.getMetadata().getAnnotations()).containsOnlyKeys("example.com/note");
        assertThat(first.getPorts().getFirst().getPort()).isEqualTo(5432);
    }

    @Test
    void aSliceThatSaysItAlreadyStays() {
        var made = MirroredSlices.converge(endpoints("10.1.0.1").build(), List.of())
                .changes()
                .create()
                .getFirst();
        var stored = new EndpointSliceBuilder(made)
                .editMetadata()
                .withName("database-x")
                .endMetadata()
                .build();

        var same = MirroredSlices.converge(endpoints("10.1.0.1").build(), List.of(stored))
                .changes();
        assertThat(same.create()).isEmpty();
        assertThat(same.update()).isEmpty();
        assertThat(same.delete()).isEmpty();

        var other = MirroredSlices.converge(endpoints("10.1.0.2").build(), List.of(stored))
                .changes();
        assertThat(other.update()).hasSize(1);
        assertThat(other.update().getFirst().getMetadata().getName()).isEqualTo("database-x");
        assertThat(MirroredSlices.converge(noMore(), List.of(stored)).changes().delete())
                .containsExactly(stored);
    }

    @Test
    void beyondAThousandAddressesAreCountedAndLeftOut() {
        String[] many = IntStream.range(0, 1003)
                .mapToObj(i -> "10.1." + i / 250 + "." + i % 250)
                .toArray(String[]::new);
        var mirrored = MirroredSlices.converge(endpoints(many).build(), List.of());

        assertThat(mirrored.skipped()).isEqualTo(3);
        assertThat(mirrored.changes().create().getFirst().getEndpoints()).hasSize(1000);
    }

    @Test
    void nodesKeepWhatTheyReadTheLongerTheMoreTheyAre() {
        assertThat(TtlController.seconds(TtlController.next(0, 100))).isZero();
        assertThat(TtlController.seconds(TtlController.next(0, 101))).isEqualTo(15);
        assertThat(TtlController.seconds(TtlController.next(1, 95))).isEqualTo(15);
        assertThat(TtlController.seconds(TtlController.next(1, 89))).isZero();
        assertThat(TtlController.seconds(TtlController.next(0, 5000))).isEqualTo(300);
    }
}
