package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointSubsetsTest {

    @Test
    void addressesThatOfferTheSamePortsStandTogether() {
        Pod bare = new PodBuilder(Samples.ready("b", "10.0.0.2"))
                .editSpec()
                .editFirstContainer()
                .withPorts()
                .endContainer()
                .endSpec()
                .build();
        var service = new ServiceBuilder(Samples.service())
                .editSpec()
                .addNewPort()
                .withName("fixed")
                .withPort(81)
                .withNewTargetPort(9000)
                .endPort()
                .endSpec()
                .build();

        assertThat(text(EndpointsController.subsets(service, List.of(Samples.ready("a", "10.0.0.1"), bare))))
                .containsExactlyInAnyOrder("[10.0.0.1] [] [8080]", "[10.0.0.1, 10.0.0.2] [] [9000]");
    }

    @Test
    void podsThatAreNotReadyOrEndingAreNoBackends() {
        Pod ending = new PodBuilder(Samples.ready("c", "10.0.0.3"))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T01:00:00Z")
                .endMetadata()
                .build();
        List<Pod> pods = List.of(
                Samples.ready("a", "10.0.0.1"), Samples.pod("b", "10.0.0.2").build(), ending);
        var all = new ServiceBuilder(Samples.service())
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();

        assertThat(text(EndpointsController.subsets(Samples.service(), pods)))
                .containsExactly("[10.0.0.1] [10.0.0.2] [8080]");
        assertThat(text(EndpointsController.subsets(all, pods)))
                .containsExactly("[10.0.0.1, 10.0.0.2, 10.0.0.3] [] [8080]");
    }

    @Test
    void whatIsOnceNotReadyIsNotReady() {
        assertThat(text(EndpointSubsets.repacked(List.of(subset(80, 1, 0), subset(80, 0, 1)))))
                .containsExactly("[] [10.0.0.0] [80]");
    }

    @Test
    void noMoreThanAThousandAddressesAreKeptReadyOnesFirst() {
        List<EndpointSubset> ready = EndpointSubsets.truncated(List.of(subset(80, 900, 300), subset(81, 600, 0)));
        assertThat(sizes(ready)).containsExactly("600 0", "400 0");

        List<EndpointSubset> mixed = EndpointSubsets.truncated(List.of(subset(80, 700, 400), subset(81, 200, 100)));
        assertThat(sizes(mixed)).containsExactly("700 80", "200 20");

        List<EndpointSubset> few = List.of(subset(80, 1000, 0));
        assertThat(EndpointSubsets.truncated(few)).isSameAs(few);
    }

    private static List<String> sizes(List<EndpointSubset> subsets) {
        return subsets.stream()
                .map(subset -> subset.getAddresses().size() + " "
                        + subset.getNotReadyAddresses().size())
                .toList();
    }

    private static EndpointSubset subset(int port, int ready, int notReady) {
        return new EndpointSubsetBuilder()
                .withPorts(new EndpointPortBuilder().withPort(port).build())
                .withAddresses(IntStream.range(0, ready)
                        .mapToObj(i -> new EndpointAddressBuilder()
                                .withIp("10.0." + i / 200 + "." + i % 200)
                                .build())
                        .toList())
                .withNotReadyAddresses(IntStream.range(0, notReady)
                        .mapToObj(i -> new EndpointAddressBuilder()
                                .withIp("10.0." + i / 200 + "." + i % 200)
                                .build())
                        .toList())
                .build();
    }

    private static List<String> text(List<EndpointSubset> subsets) {
        return subsets.stream()
                .map(subset -> subset.getAddresses().stream()
                                .map(address -> address.getIp())
                                .toList()
                        + " "
                        + subset.getNotReadyAddresses().stream()
                                .map(address -> address.getIp())
                                .toList()
                        + " "
                        + subset.getPorts().stream()
                                .map(port -> String.valueOf(port.getPort()))
                                .collect(Collectors.joining(",", "[", "]")))
                .toList();
    }
}
