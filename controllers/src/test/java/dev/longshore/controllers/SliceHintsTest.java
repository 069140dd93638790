package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// For whom endpoints are meant: by distance, or by zones.
class SliceHintsTest {

    private static final String KEY = "default/web";

    private final EndpointSlices.Changes changes = EndpointSlices.Changes.none();
    private final ZoneHints zones = new ZoneHints();

    @Test
    void trafficThatPrefersItsZoneOrItsNodeGetsHintsOfThem() {
        changes.create().add(slice("", endpoint("east", "a", true), endpoint(null, "b", true)));

        SliceHints.near(wishing("PreferClose"), changes, List.of());
        assertThat(hints(changes.create())).containsExactly("[east] []", "none");

        SliceHints.near(wishing("PreferSameNode"), changes, List.of());
        assertThat(hints(changes.create())).containsExactly("[east] [a]", "[] [b]");
    }

    @Test
    void slicesWithTheRightHintsStayAsTheyAre() {
        EndpointSlice slice = slice("s", endpoint("east", "a", true), endpoint("west", "b", false));
        changes.create().add(slice);
        SliceHints.near(wishing("PreferSameZone"), changes, List.of());
        EndpointSlices.Changes next = EndpointSlices.Changes.none();

        SliceHints.near(wishing("PreferSameZone"), next, List.of(slice));
        assertThat(next).isEqualTo(EndpointSlices.Changes.none());

        SliceHints.none(next, List.of(slice));
        assertThat(hints(next.update())).containsExactly("none", "none");
        assertThat(hints(List.of(slice))).containsExactly("[east] []", "none");
    }

    @Test
    void theAnnotationGoesBeforeTheField() {
        Service both = new ServiceBuilder(wishing("PreferClose"))
                .editMetadata()
                .addToAnnotations("service.kubernetes.io/topology-mode", "Auto")
                .endMetadata()
                .build();

        assertThat(SliceHints.areByZones(both)).isTrue();
        assertThat(SliceHints.areByDistance(both)).isFalse();
        assertThat(SliceHints.areByDistance(wishing("Anything"))).isFalse();
    }

    @Test
    void zonesGetEndpointsInProportionToTheirProcessors() {
        zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4")));
        changes.create()
                .add(slice(
                        "",
                        endpoint("east", "a", true),
                        endpoint("east", "a", true),
                        endpoint("east", "a", true),
                        endpoint("west", "b", true)));

        assertThat(zones.advise(KEY, "IPv4", changes, List.of()))
                .containsExactly(Note.normal(
                        "TopologyAwareHintsEnabled", "Topology Aware Hints has been enabled, addressType: IPv4"));
        assertThat(hints(changes.create()))
                .containsExactlyInAnyOrder("[west] []", "[east] []", "[east] []", "[west] []");
        assertThat(zones.isHinted(KEY)).isTrue();
    }

    @Test
    void hintsThatStillServeAreLeftAlone() {
        zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4")));
        EndpointSlice slice = slice("s", endpoint("east", "a", true), endpoint("west", "b", true));
        changes.create().add(slice);
        zones.advise(KEY, "IPv4", changes, List.of());
        EndpointSlices.Changes next = EndpointSlices.Changes.none();

        assertThat(zones.advise(KEY, "IPv4", next, List.of(slice))).isEmpty();
        assertThat(next).isEqualTo(EndpointSlices.Changes.none());
    }

    @Test
    void withoutEnoughNodesZonesOrEndpointsThereAreNoHintsAndItIsSaidWhy() {
        changes.create().add(slice("", endpoint("east", "a", true)));

        assertThat(told())
                .isEqualTo("Insufficient Node information: allocatable CPU or zone not specified on one or"
                        + " more nodes, addressType: IPv4");
        zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4")));
        assertThat(told()).isEqualTo("Insufficient number of endpoints (1 endpoints, 2 zones), addressType: IPv4");
        changes.create().getFirst().getEndpoints().add(endpoint(null, "b", true));
        assertThat(told()).isEqualTo("One or more endpoints do not have a zone specified, addressType: IPv4");
        assertThat(hints(changes.create())).containsExactly("none", "none");
        zones.nodes(List.of(node("a", "east", "4"), node("b", "", "4")));
        assertThat(told()).startsWith("Insufficient Node information");
    }

    private String told() {
        return zones.advise(KEY, "IPv4", changes, List.of()).getFirst().message();
    }

    @Test
    void aChangeOfNodesNamesTheServicesThatNeedALook() {
        zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4")));
        changes.create().add(slice("", endpoint("east", "a", true), endpoint("west", "b", true)));
        zones.advise(KEY, "IPv4", changes, List.of());

        assertThat(zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4"))))
                .isEmpty();
        assertThat(zones.nodes(List.of(node("a", "east", "4"), node("b", "west", "4"), node("c", "south", "4"))))
                .containsExactly(KEY);
    }

    @Test
    void sharesAreWithinTheOverloadThatIsAllowed() {
        var shares = ZoneShares.of(IntStream.range(0, 3)
                        .mapToObj(i -> node("n" + i, "zone-" + i, String.valueOf(i + 1)))
                        .toList())
                .orElseThrow();

        assertThat(shares.due(12).orElseThrow()).allSatisfy((zone, due) -> {
            assertThat((double) due.fewest()).isGreaterThanOrEqualTo(due.wanted() / 1.2 - 1e-9);
            assertThat(due.most()).isGreaterThanOrEqualTo(due.fewest());
        });
        assertThat(shares.due(3)).isEmpty();
    }

    private static List<String> hints(List<EndpointSlice> slices) {
        return slices.stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .map(endpoint -> endpoint.getHints() == null
                        ? "none"
                        : endpoint.getHints().getForZones().stream()
                                        .map(zone -> zone.getName())
                                        .toList()
                                + " "
                                + endpoint.getHints().getForNodes().stream()
                                        .map(node -> node.getName())
                                        .toList())
                .toList();
    }

    private static Service wishing(String distribution) {
        return new ServiceBuilder(Samples.service())
                .editSpec()
                .withTrafficDistribution(distribution)
                .endSpec()
                .build();
    }

    private static EndpointSlice slice(String name, Endpoint... endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withEndpoints(endpoints)
                .build();
    }

    private static Endpoint endpoint(String zone, String node, boolean isReady) {
        return new EndpointBuilder()
                .withAddresses("10.0.0.1")
                .withZone(zone)
                .withNodeName(node)
                .withNewConditions()
                .withReady(isReady)
                .endConditions()
                .build();
    }

    private static Node node(String name, String zone, String processors) {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("topology.kubernetes.io/zone", zone)
                .endMetadata()
                .withNewStatus()
                .addToAllocatable("cpu", new Quantity(processors))
                .addNewCondition()
                .withType("Ready")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }
}
