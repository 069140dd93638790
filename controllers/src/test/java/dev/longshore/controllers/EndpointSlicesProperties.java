package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/// Whatever pods do, slices hold each of them once, are never too large, and come to rest.
class EndpointSlicesProperties {

    private static final int MOST_PODS = 400;

    private final Service service = Samples.service();

    @Property(tries = 60)
    void everyAddressIsInExactlyOneSliceAndNoSliceIsOverTheLimit(@ForAll long seed) {
        var random = new Random(seed);
        Map<Integer, Pod> pods = new TreeMap<>();
        Map<String, EndpointSlice> slices = new TreeMap<>();
        for (int step = 0; step < 8; step++) {
            change(pods, random);
            apply(converge(pods, slices), slices);

            assertThat(slices.values())
                    .allSatisfy(slice -> assertThat(slice.getEndpoints().size()).isLessThanOrEqualTo(100));
            assertThat(slices.values().stream()
                            .flatMap(slice -> slice.getEndpoints().stream()
                                    .map(endpoint -> endpoint.getAddresses().getFirst() + " "
                                            + endpoint.getConditions().getReady() + " "
                                            + slice.getPorts().getFirst().getPort()))
                            .toList())
                    .containsExactlyInAnyOrderElementsOf(pods.values().stream()
                            .map(pod -> pod.getStatus().getPodIP() + " " + Pods.isReady(pod) + " " + port(pod))
                            .toList());
            assertThat(converge(pods, slices)).isEqualTo(EndpointSlices.Changes.none());
        }
    }

    @Property(tries = 60)
    void onePodMoreOrLessChangesOneSlice(@ForAll long seed) {
        var random = new Random(seed);
        Map<Integer, Pod> pods = new TreeMap<>();
        Map<String, EndpointSlice> slices = new TreeMap<>();
        change(pods, random);
        apply(converge(pods, slices), slices);

        int number = random.nextInt(MOST_PODS);
        if (pods.remove(number) == null) {
            pods.put(number, pod(number, true, 8080));
        }
        EndpointSlices.Changes changes = converge(pods, slices);

        assertThat(changes.create().size()
                        + changes.update().size()
                        + changes.delete().size())
                .isEqualTo(1);
    }

    private EndpointSlices.Changes converge(Map<Integer, Pod> pods, Map<String, EndpointSlice> slices) {
        var changes = EndpointSlices.converge(
                service,
                "IPv4",
                List.copyOf(pods.values()),
                EndpointSlicesTest::node,
                List.copyOf(slices.values()),
                new ArrayList<>());
        changes.reuse(slice -> true);
        return changes;
    }

    private static void apply(EndpointSlices.Changes changes, Map<String, EndpointSlice> slices) {
        changes.delete().forEach(slice -> slices.remove(slice.getMetadata().getName()));
        changes.update().forEach(slice -> slices.put(slice.getMetadata().getName(), slice));
        for (EndpointSlice slice : changes.create()) {
            String name = "s" + slices.size();
            while (slices.containsKey(name)) {
                name += "x";
            }
            slice.getMetadata().setName(name);
            slices.put(name, slice);
        }
    }

    private static void change(Map<Integer, Pod> pods, Random random) {
        int count = random.nextInt(MOST_PODS);
        for (int i = 0; i < count; i++) {
            int number = random.nextInt(MOST_PODS);
            if (random.nextInt(3) == 0) {
                pods.remove(number);
            } else {
                pods.put(number, pod(number, random.nextBoolean(), random.nextInt(10) == 0 ? 9090 : 8080));
            }
        }
        pods.putIfAbsent(MOST_PODS, pod(MOST_PODS, true, 8080));
    }

    private static Pod pod(int number, boolean isReady, int port) {
        String address = "10.0." + number / 200 + "." + number % 200;
        Pod pod = isReady
                ? Samples.ready("p" + number, address)
                : Samples.pod("p" + number, address).build();
        return new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .editFirstPort()
                .withContainerPort(port)
                .endPort()
                .endContainer()
                .endSpec()
                .build();
    }

    private static int port(Pod pod) {
        return pod.getSpec().getContainers().getFirst().getPorts().getFirst().getContainerPort();
    }
}
