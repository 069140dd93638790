package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointSlicesTest {

    private final Service service = Samples.service();

    @Test
    void aServiceWithoutPodsHasOneEmptySlice() {
        EndpointSlice slice = converge(List.of(), List.of()).create().getFirst();

        assertThat(slice.getEndpoints()).isEmpty();
        assertThat(slice.getMetadata().getLabels()).containsEntry("kubernetes.io/service-name", "web");
        assertThat(converge(List.of(), List.of(slice))).isEqualTo(nothing());
    }

    @Test
    void namedPortsBecomeThePodsNumbers() {
        EndpointSlice slice = converge(List.of(Samples.ready("a", "10.0.0.1")), List.of())
                .create()
                .getFirst();

        assertThat(slice.getPorts().getFirst().getPort()).isEqualTo(8080);
        assertThat(slice.getEndpoints().getFirst().getAddresses()).containsExactly("10.0.0.1");
        assertThat(slice.getEndpoints().getFirst().getConditions().getReady()).isTrue();
    }

    @Test
    void aPodThatEndsIsServingButNotReady() {
        Pod ending = new PodBuilder(Samples.ready("a", "10.0.0.1"))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T01:00:00Z")
                .endMetadata()
                .build();

        Endpoint endpoint = converge(List.of(ending), List.of())
                .create()
                .getFirst()
                .getEndpoints()
                .getFirst();

        assertThat(endpoint.getConditions().getReady()).isFalse();
        assertThat(endpoint.getConditions().getServing()).isTrue();
        assertThat(endpoint.getConditions().getTerminating()).isTrue();
    }

    @Test
    void moreThanAHundredPodsTakeAnotherSlice() {
        List<Pod> pods = IntStream.range(0, 150)
                .mapToObj(i -> Samples.ready("p" + i, "10.0.1." + i))
                .toList();

        assertThat(converge(pods, List.of()).create())
                .extracting(slice -> slice.getEndpoints().size())
                .containsExactly(100, 50);
    }

    @Test
    void onlySlicesThatChangeAreWritten() {
        List<Pod> pods = IntStream.range(0, 150)
                .mapToObj(i -> Samples.ready("p" + i, "10.0.1." + i))
                .toList();
        List<EndpointSlice> present = converge(pods, List.of()).create();
        String gone =
                present.getFirst().getEndpoints().getFirst().getAddresses().getFirst();

        var changes = converge(
                pods.stream()
                        .filter(pod -> !pod.getStatus().getPodIP().equals(gone))
                        .toList(),
                present);

        assertThat(changes.create()).isEmpty();
        assertThat(changes.delete()).isEmpty();
        assertThat(changes.update()).hasSize(1);
    }

    private EndpointSlices.Changes converge(List<Pod> pods, List<EndpointSlice> present) {
        return EndpointSlices.converge(service, ServiceBackends.group(service, pods), present);
    }

    private static EndpointSlices.Changes nothing() {
        return new EndpointSlices.Changes(List.of(), List.of(), List.of());
    }
}
