package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.List;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Where Services lead.
@ExtendWith(HollowShared.class)
@Order(18)
class EndpointSliceJourneyTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, labels: {team: blue}}
            spec:
              ports: [{port: 80, targetPort: http}]
              %s
            """;
    private static final String SELECTOR = "selector: {app: web}";
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 3
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers: [{name: main, image: nginx, ports: [{name: http, containerPort: 8080}]}]
            """;

    private HollowNamespace space;

    @BeforeEach
    void enter() {
        space = HollowNamespace.fresh("slices");
    }

    @AfterEach
    void leave() {
        space.close();
    }

    @Test
    void theSlicesOfAServiceFollowItsPodsAndGoWithIt() {
        space.create(SERVICE.formatted(SELECTOR), Service.class);
        space.create(DEPLOYMENT, Deployment.class);
        eventually(slices -> assertThat(ready(slices)).hasSize(3));

        EndpointSlice slice = slices().getFirst();
        assertThat(slice.getAddressType()).isEqualTo("IPv4");
        assertThat(slice.getPorts().getFirst().getPort()).isEqualTo(8080);
        assertThat(slice.getMetadata().getLabels()).containsEntry("team", "blue");
        assertThat(slice.getMetadata().getAnnotations())
                .containsKey("endpoints.kubernetes.io/last-change-trigger-time");
        assertThat(slice.getMetadata().getGeneration()).isGreaterThan(1);
        assertThat(ready(slices()))
                .allSatisfy(endpoint -> assertThat(endpoint.getNodeName()).startsWith("node-"));

        space.client()
                .apps()
                .deployments()
                .inNamespace(space.name())
                .withName("web")
                .scale(0);
        eventually(slices -> assertThat(slices).singleElement().satisfies(empty -> {
            assertThat(empty.getEndpoints()).isEmpty();
            assertThat(empty.getPorts()).isEmpty();
        }));

        space.client().services().inNamespace(space.name()).withName("web").delete();
        eventually(slices -> assertThat(slices).isEmpty());
        await().atMost(HollowNamespace.PATIENCE).until(() -> space.stored(Endpoints.class, "web") == null);
    }

    @Test
    void aServiceThatWantsToStayOnItsNodeHintsAtIt() {
        space.create(SERVICE.formatted(SELECTOR + "\n  trafficDistribution: PreferSameNode"), Service.class);
        space.create(DEPLOYMENT, Deployment.class);

        eventually(slices -> assertThat(ready(slices))
                .hasSize(3)
                .allSatisfy(endpoint -> assertThat(
                                endpoint.getHints().getForNodes().getFirst().getName())
                        .isEqualTo(endpoint.getNodeName())));

        space.client().services().inNamespace(space.name()).withName("web").edit(service -> {
            service.getSpec().setTrafficDistribution(null);
            return service;
        });
        eventually(slices -> assertThat(ready(slices))
                .hasSize(3)
                .allSatisfy(endpoint -> assertThat(endpoint.getHints()).isNull()));
    }

    @Test
    void hintsByZonesAreRefusedWithAnEventWhereNodesSayNoZone() {
        Service service = space.create(SERVICE.formatted(SELECTOR), Service.class);
        service.getMetadata().getAnnotations().put("service.kubernetes.io/topology-mode", "Auto");
        space.client().resource(service).update();

        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(space.told("web"))
                        .contains("TopologyAwareHintsDisabled: Insufficient Node information: allocatable CPU or zone"
                                + " not specified on one or more nodes, addressType: IPv4"));
    }

    @Test
    void whatOthersWriteIntoOurSlicesIsPutRightAndTheirOwnSlicesAreLeftAlone() {
        space.create(SERVICE.formatted(SELECTOR), Service.class);
        space.create(DEPLOYMENT, Deployment.class);
        eventually(slices -> assertThat(ready(slices)).hasSize(3));
        EndpointSlice ours = slices().getFirst();
        EndpointSlice theirs = new EndpointSliceBuilder(ours)
                .withNewMetadata()
                .withNamespace(space.name())
                .withName("theirs")
                .addToLabels("kubernetes.io/service-name", "web")
                .addToLabels("endpointslice.kubernetes.io/managed-by", "somebody")
                .endMetadata()
                .build();
        space.client().resource(theirs).create();

        space.client()
                .resource(new EndpointSliceBuilder(ours).withEndpoints().build())
                .update();

        eventually(slices -> assertThat(ready(slices.stream()
                        .filter(slice -> !slice.getMetadata().getName().equals("theirs"))
                        .toList()))
                .hasSize(3));
        space.client().resource(ours).delete();
        eventually(slices -> assertThat(slices).hasSize(2));
        assertThat(space.stored(EndpointSlice.class, "theirs").getEndpoints()).hasSize(3);
    }

    @Test
    void endpointsWrittenByPeopleAreMirroredAndGoWithTheService() {
        space.create(SERVICE.formatted(""), Service.class);
        space.create("""
                apiVersion: v1
                kind: Endpoints
                metadata: {name: web}
                subsets:
                - addresses: [{ip: 192.0.2.7}, {ip: "2001:db8::7"}]
                  ports: [{port: 80}]
                """, Endpoints.class);

        eventually(slices -> assertThat(slices)
                .extracting(slice -> slice.getAddressType() + " "
                        + slice.getEndpoints().getFirst().getAddresses().getFirst())
                .containsExactlyInAnyOrder("IPv4 192.0.2.7", "IPv6 2001:db8::7"));

        space.client().services().inNamespace(space.name()).withName("web").delete();
        eventually(slices -> assertThat(slices).isEmpty());
        await().atMost(HollowNamespace.PATIENCE).until(() -> space.stored(Endpoints.class, "web") == null);
    }

    private void eventually(ThrowingConsumer<List<EndpointSlice>> check) {
        await().atMost(HollowNamespace.PATIENCE).untilAsserted(() -> check.accept(slices()));
    }

    private List<EndpointSlice> slices() {
        return space.client()
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(space.name())
                .withLabel("kubernetes.io/service-name", "web")
                .list()
                .getItems();
    }

    private static List<Endpoint> ready(List<EndpointSlice> slices) {
        return slices.stream()
                .flatMap(slice -> slice.getEndpoints().stream())
                .filter(endpoint -> Boolean.TRUE.equals(endpoint.getConditions().getReady()))
                .toList();
    }
}
