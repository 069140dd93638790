package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EndpointSlicesTest {

    private final Service service = Samples.service();
    private final List<Pod> lost = new ArrayList<>();

    @Test
    void aServiceWithoutPodsKeepsOneEmptySlice() {
        EndpointSlice slice = only(converge(service, List.of(), List.of()).create());

        assertThat(slice.getEndpoints()).isEmpty();
        assertThat(slice.getPorts()).isEmpty();
        assertThat(slice.getMetadata().getGenerateName()).isEqualTo("web-");
        assertThat(slice.getMetadata().getLabels())
                .containsEntry("kubernetes.io/service-name", "web")
                .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
        assertThat(converge(service, List.of(), List.of(named(slice, "s")))).isEqualTo(EndpointSlices.Changes.none());
    }

    @Test
    void theLastPodThatGoesLeavesTheSliceWithoutEndpointsInOneWrite() {
        List<EndpointSlice> present = stored(converge(service, List.of(ready(1)), List.of()));

        EndpointSlices.Changes changes = converge(service, List.of(), present);
        changes.reuse(slice -> EndpointSlices.isOf(slice, service));

        assertThat(changes.create()).isEmpty();
        assertThat(changes.delete()).isEmpty();
        assertThat(only(changes.update()).getMetadata().getName())
                .isEqualTo(present.getFirst().getMetadata().getName());
        assertThat(only(changes.update()).getEndpoints()).isEmpty();
    }

    @Test
    void namedPortsBecomeEachPodsOwnNumbers() {
        Pod other = new PodBuilder(ready(2))
                .editSpec()
                .editFirstContainer()
                .editFirstPort()
                .withContainerPort(9090)
                .endPort()
                .endContainer()
                .endSpec()
                .build();

        assertThat(converge(service, List.of(ready(1), other), List.of()).create())
                .extracting(slice -> slice.getPorts().getFirst().getPort())
                .containsExactly(8080, 9090);
    }

    @Test
    void aPortOfASidecarCountsAsWell() {
        Pod pod = new PodBuilder(ready(1))
                .editSpec()
                .editFirstContainer()
                .withPorts()
                .endContainer()
                .addNewInitContainer()
                .withName("proxy")
                .withRestartPolicy("Always")
                .addNewPort()
                .withName("http")
                .withContainerPort(15001)
                .endPort()
                .endInitContainer()
                .endSpec()
                .build();

        assertThat(only(converge(service, List.of(pod), List.of()).create())
                        .getPorts()
                        .getFirst()
                        .getPort())
                .isEqualTo(15001);
    }

    @Test
    void conditionsSayWhetherAPodIsReadyServesAndEnds() {
        Pod ending = new PodBuilder(ready(1))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T01:00:00Z")
                .endMetadata()
                .build();
        Service all = new ServiceBuilder(service)
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();

        assertThat(conditions(service, ready(1))).isEqualTo("true true false");
        assertThat(conditions(service, ending)).isEqualTo("false true true");
        assertThat(conditions(service, unready(1))).isEqualTo("false false false");
        assertThat(conditions(all, unready(1))).isEqualTo("true false false");
        assertThat(conditions(all, ending)).isEqualTo("true true true");
    }

    private String conditions(Service asked, Pod pod) {
        var conditions = only(only(converge(asked, List.of(pod), List.of()).create())
                        .getEndpoints())
                .getConditions();
        return conditions.getReady() + " " + conditions.getServing() + " " + conditions.getTerminating();
    }

    @Test
    void podsThatHaveEndedOrHaveNoAddressAreLeftOut() {
        Pod ended = new PodBuilder(ready(1))
                .editStatus()
                .withPhase("Succeeded")
                .endStatus()
                .build();
        Pod young = new PodBuilder(ready(2))
                .editStatus()
                .withPodIP(null)
                .endStatus()
                .build();

        assertThat(only(converge(service, List.of(ended, young), List.of()).create())
                        .getEndpoints())
                .isEmpty();
    }

    @Test
    void anEndpointSaysItsNodeItsZoneAndTheNameItHasWithinItsService() {
        Pod pod = new PodBuilder(ready(1))
                .editSpec()
                .withHostname("zero")
                .withSubdomain("web")
                .endSpec()
                .build();

        Endpoint endpoint =
                only(only(converge(service, List.of(pod), List.of()).create()).getEndpoints());

        assertThat(endpoint.getNodeName()).isEqualTo("node");
        assertThat(endpoint.getZone()).isEqualTo("east");
        assertThat(endpoint.getHostname()).isEqualTo("zero");
        assertThat(endpoint.getTargetRef().getUid()).isEqualTo("uid-p1");
    }

    @Test
    void eachFamilyOfAServiceHasSlicesOfItsAddresses() {
        Pod pod = new PodBuilder(ready(1))
                .editStatus()
                .withPodIPs(new PodIP("10.0.1.1"), new PodIP("fd00::1"))
                .endStatus()
                .build();
        Service both = new ServiceBuilder(service)
                .editSpec()
                .withIpFamilies("IPv6", "IPv4")
                .endSpec()
                .build();

        assertThat(PodEndpoints.families(both)).containsExactly("IPv6", "IPv4");
        assertThat(addresses(both, "IPv4", pod)).isEqualTo("IPv4 [10.0.1.1]");
        assertThat(addresses(both, "IPv6", pod)).isEqualTo("IPv6 [fd00::1]");
        assertThat(addresses(both, "IPv6", ready(2))).isEqualTo("IPv6 none");
    }

    private String addresses(Service asked, String family, Pod pod) {
        EndpointSlice slice =
                only(EndpointSlices.converge(asked, family, List.of(pod), EndpointSlicesTest::node, List.of(), lost)
                        .create());
        return slice.getAddressType() + " "
                + slice.getEndpoints().stream()
                        .findFirst()
                        .map(endpoint -> endpoint.getAddresses().toString())
                        .orElse("none");
    }

    @Test
    void aServiceThatSaysNoFamilyHasThatOfItsAddressOrBoth() {
        assertThat(PodEndpoints.families(at("10.96.0.1"))).containsExactly("IPv4");
        assertThat(PodEndpoints.families(at("fd00::10"))).containsExactly("IPv6");
        assertThat(PodEndpoints.families(at("None"))).containsExactly("IPv4", "IPv6");
    }

    private Service at(String address) {
        return new ServiceBuilder(service)
                .editSpec()
                .withClusterIP(address)
                .endSpec()
                .build();
    }

    @Test
    void slicesOfServicesWithoutAddressSaySo() {
        EndpointSlice slice =
                only(converge(at("None"), List.of(ready(1)), List.of()).create());

        assertThat(slice.getMetadata().getLabels()).containsEntry("service.kubernetes.io/headless", "");
        assertThat(only(converge(at("10.96.0.1"), List.of(ready(1)), List.of()).create())
                        .getMetadata()
                        .getLabels())
                .doesNotContainKey("service.kubernetes.io/headless");
    }

    @Test
    void aPodWhoseNodeIsNotKnownIsLeftOutUnlessAllAreToBePublished() {
        Pod stray = new PodBuilder(ready(1))
                .editSpec()
                .withNodeName("gone")
                .endSpec()
                .build();
        Service all = new ServiceBuilder(service)
                .editSpec()
                .withPublishNotReadyAddresses(true)
                .endSpec()
                .build();

        assertThat(only(converge(service, List.of(stray), List.of()).create()).getEndpoints())
                .isEmpty();
        assertThat(lost).containsExactly(stray);
        assertThat(only(converge(all, List.of(stray), List.of()).create()).getEndpoints())
                .hasSize(1);
    }

    @Test
    void moreThanAHundredPodsTakeAnotherSlice() {
        assertThat(converge(service, pods(150), List.of()).create())
                .extracting(slice -> slice.getEndpoints().size())
                .containsExactly(100, 50);
    }

    @Test
    void onlySlicesThatChangeAreWritten() {
        List<EndpointSlice> present = stored(converge(service, pods(150), List.of()));

        var changes = converge(service, pods(150).subList(1, 150), present);

        assertThat(changes.create()).isEmpty();
        assertThat(changes.delete()).isEmpty();
        assertThat(only(changes.update()).getEndpoints()).hasSize(99);
    }

    @Test
    void newEndpointsGoIntoASliceThatChangesAnywayElseIntoTheFullestThatHasRoom() {
        List<EndpointSlice> present = new ArrayList<>();
        present.addAll(stored(converge(service, pods(40), List.of())));
        present.addAll(stored(converge(service, pods(100).subList(40, 100), List.of()), "t"));

        var onlyMore = converge(service, pods(110), present);
        var oneLess = converge(service, pods(110).subList(1, 110), present);

        assertThat(only(onlyMore.update()).getMetadata().getName()).isEqualTo("t0");
        assertThat(only(onlyMore.update()).getEndpoints()).hasSize(70);
        assertThat(only(oneLess.update()).getMetadata().getName()).isEqualTo("s0");
        assertThat(only(oneLess.update()).getEndpoints()).hasSize(49);
    }

    @Test
    void newLabelsOfTheServiceAreTakenOverAndOthersTakenAway() {
        List<EndpointSlice> present = stored(converge(service, pods(1), List.of()));
        Service labelled = new ServiceBuilder(service)
                .editMetadata()
                .addToLabels("team", "blue")
                .addToLabels("kubernetes.io/service-name", "forged")
                .endMetadata()
                .build();

        assertThat(only(converge(labelled, pods(1), present).update())
                        .getMetadata()
                        .getLabels())
                .containsEntry("team", "blue")
                .containsEntry("kubernetes.io/service-name", "web");
        assertThat(converge(service, pods(1), present)).isEqualTo(EndpointSlices.Changes.none());
    }

    @Test
    void slicesOfAFormerServiceOfTheSameNameAreNotTakenOver() {
        Service former = new ServiceBuilder(service)
                .withMetadata(new ObjectMetaBuilder(service.getMetadata())
                        .withUid("former")
                        .build())
                .build();
        List<EndpointSlice> present = stored(converge(former, pods(1), List.of()));

        var changes = converge(service, pods(1), present);
        changes.reuse(slice -> EndpointSlices.isOf(slice, service));

        assertThat(changes.create()).hasSize(1);
        assertThat(changes.delete()).isEqualTo(present);
    }

    private EndpointSlices.Changes converge(Service asked, List<Pod> pods, List<EndpointSlice> present) {
        return EndpointSlices.converge(asked, "IPv4", pods, EndpointSlicesTest::node, present, lost);
    }

    static Optional<Node> node(String name) {
        return name.equals("gone")
                ? Optional.empty()
                : Optional.of(new NodeBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("topology.kubernetes.io/zone", "east")
                        .endMetadata()
                        .build());
    }

    private static Pod ready(int number) {
        return Samples.ready("p" + number, "10.0.1." + number);
    }

    private static Pod unready(int number) {
        return Samples.pod("p" + number, "10.0.1." + number).build();
    }

    private static List<Pod> pods(int count) {
        return IntStream.range(0, count).mapToObj(EndpointSlicesTest::ready).toList();
    }

    private static <T> T only(List<T> list) {
        assertThat(list).hasSize(1);
        return list.getFirst();
    }

    private static EndpointSlice named(EndpointSlice slice, String name) {
        return new EndpointSliceBuilder(slice)
                .editMetadata()
                .withName(name)
                .endMetadata()
                .build();
    }

    private static List<EndpointSlice> stored(EndpointSlices.Changes changes) {
        return stored(changes, "s");
    }

    private static List<EndpointSlice> stored(EndpointSlices.Changes changes, String prefix) {
        return IntStream.range(0, changes.create().size())
                .mapToObj(i -> named(changes.create().get(i), prefix + i))
                .toList();
    }
}
