package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Devices from what a driver offers to the pod that has them, and back: templates, claims, classes, selectors.
@ExtendWith(HollowShared.class)
class DeviceJourneyTest {

    private final HollowNamespace namespace = HollowNamespace.fresh("devices");
    private final KubernetesClient client = namespace.client();
    private final String driver = namespace.name() + ".example.com";

    @BeforeEach
    void offer() {
        create(DeviceClass.class, """
                apiVersion: resource.k8s.io/v1
                kind: DeviceClass
                metadata: {name: NAME}
                spec:
                  selectors:
                  - cel: {expression: 'device.driver == "DRIVER"'}
                  config:
                  - opaque: {driver: DRIVER, parameters: {mode: fast}}
                """);
        offer("""
                  - name: small
                    attributes: {model: {string: s}, serial: {int: 1}}
                    capacity: {memory: {value: 1Gi}}
                  - name: large
                    attributes: {model: {string: l}, serial: {int: 2}}
                    capacity: {memory: {value: 8Gi}}
                """);
    }

    /// In place of what was offered before.
    private void offer(String devices) {
        client.resources(ResourceSlice.class).withName(namespace.name()).delete();
        create(ResourceSlice.class, """
                apiVersion: resource.k8s.io/v1
                kind: ResourceSlice
                metadata: {name: NAME}
                spec:
                  driver: DRIVER
                  nodeName: node-1
                  pool: {name: node-1, generation: 1, resourceSliceCount: 1}
                  devices:
                """ + devices.stripIndent().indent(2));
    }

    @AfterEach
    void clear() {
        client.resources(DeviceClass.class).withName(namespace.name()).delete();
        client.resources(ResourceSlice.class).withName(namespace.name()).delete();
        namespace.close();
    }

    @Test
    void aClaimIsMadeFromItsTemplateAllocatedReservedAndGivenBack() {
        create(ResourceClaimTemplate.class, """
                apiVersion: resource.k8s.io/v1
                kind: ResourceClaimTemplate
                metadata: {name: big, namespace: NAME}
                spec:
                  metadata: {labels: {made: here}}
                  spec:
                    devices:
                      requests:
                      - name: gpu
                        exactly:
                          deviceClassName: NAME
                          selectors:
                          - cel: {expression: 'device.capacity["DRIVER"].memory.compareTo(quantity("2Gi")) >= 0'}
                """);
        Pod first = namespace.create(pod("first", "resourceClaimTemplateName: big"), Pod.class);
        running("first");

        ResourceClaim claim = claim("first");
        assertThat(claim.getMetadata().getName()).startsWith("first-device-");
        assertThat(claim.getMetadata().getLabels()).containsEntry("made", "here");
        assertThat(claim.getMetadata().getAnnotations())
                .containsEntry("resource.kubernetes.io/pod-claim-name", "device");
        assertThat(claim.getMetadata().getFinalizers()).containsExactly("resource.kubernetes.io/delete-protection");
        assertThat(claim.getStatus().getReservedFor())
                .singleElement()
                .satisfies(consumer -> assertThat(consumer.getUid())
                        .isEqualTo(first.getMetadata().getUid()));
        assertThat(results(claim)).singleElement().satisfies(result -> {
            assertThat(result.getDevice()).isEqualTo("large");
            assertThat(result.getRequest()).isEqualTo("gpu");
        });
        assertThat(claim.getStatus().getAllocation().getDevices().getConfig())
                .singleElement()
                .satisfies(config -> assertThat(config.getSource()).isEqualTo("FromClass"));
        assertThat(claim.getStatus()
                        .getAllocation()
                        .getNodeSelector()
                        .getNodeSelectorTerms()
                        .getFirst()
                        .getMatchFields())
                .singleElement()
                .satisfies(field -> assertThat(field.getValues()).containsExactly("node-1"));
        assertThat(stored("first").getSpec().getNodeName()).isEqualTo("node-1");

        namespace.create(pod("second", "resourceClaimTemplateName: big"), Pod.class);
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(namespace.told("second"))
                        .anyMatch(event -> event.contains("cannot allocate all claims")));

        client.pods().inNamespace(namespace.name()).withName("first").delete();

        running("second");
        assertThat(results(claim("second")))
                .singleElement()
                .satisfies(result -> assertThat(result.getDevice()).isEqualTo("large"));
        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> client.resource(claim).get() == null);
    }

    @Test
    void podsShareAClaimWhichLosesItsDevicesWithTheLastOfThem() {
        share("firstAvailable: [{name: best, deviceClassName: NAME, count: 3},"
                + " {name: good, deviceClassName: NAME, count: 2}]");
        namespace.create(pod("a", "resourceClaimName: shared"), Pod.class);
        running("a");
        namespace.create(pod("b", "resourceClaimName: shared"), Pod.class);
        running("b");

        assertThat(shared().getStatus().getReservedFor()).hasSize(2);
        assertThat(results(shared()))
                .extracting(DeviceRequestAllocationResult::getRequest, DeviceRequestAllocationResult::getDevice)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("one/good", "small"),
                        org.assertj.core.groups.Tuple.tuple("one/good", "large"));

        client.pods().inNamespace(namespace.name()).delete();

        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> shared().getStatus().getAllocation() == null
                        && shared().getMetadata().getFinalizers().isEmpty());
        assertThat(shared().getStatus().getReservedFor()).isEmpty();
    }

    @Test
    void aDeviceForManyIsSharedWhileItsCapacityLasts() {
        offer("""
                  - name: wire
                    allowMultipleAllocations: true
                    capacity: {rate: {value: 10G, requestPolicy: {default: 1G, validRange: {min: 1G, step: 1G}}}}
                """);
        create(ResourceClaimTemplate.class, """
                apiVersion: resource.k8s.io/v1
                kind: ResourceClaimTemplate
                metadata: {name: part, namespace: NAME}
                spec:
                  spec:
                    devices:
                      requests:
                      - name: rate
                        exactly: {deviceClassName: NAME, capacity: {requests: {rate: 3500M}}}
                """);
        for (String pod : List.of("a", "b")) {
            namespace.create(pod(pod, "resourceClaimTemplateName: part"), Pod.class);
            running(pod);
            assertThat(results(claim(pod))).singleElement().satisfies(result -> {
                assertThat(result.getDevice()).isEqualTo("wire");
                assertThat(result.getShareID()).isNotEmpty();
                assertThat(result.getConsumedCapacity().get("rate").getNumericalAmount())
                        .isEqualByComparingTo("4000000000");
            });
        }
        assertThat(results(claim("a")).getFirst().getShareID())
                .isNotEqualTo(results(claim("b")).getFirst().getShareID());

        namespace.create(pod("c", "resourceClaimTemplateName: part"), Pod.class);
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(namespace.told("c"))
                        .anyMatch(event -> event.contains("cannot allocate all claims. still not schedulable")));
        client.pods().inNamespace(namespace.name()).withName("a").delete();

        running("c");
    }

    @Test
    void aPodWaitsUntilItsDeviceIsReadyAndBeginsAnewWhenThatFails() {
        offer("""
                  - name: far
                    bindsToNode: true
                    bindingConditions: [attached]
                    bindingFailureConditions: [broken]
                """);
        share("exactly: {deviceClassName: NAME}");
        namespace.create(pod("waits", "resourceClaimName: shared"), Pod.class);
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(namespace.told("waits"))
                        .anyMatch(event -> event.contains("waiting for binding conditions for device on node node-1")));
        assertThat(stored("waits").getSpec().getNodeName()).isNull();
        assertThat(shared().getStatus().getReservedFor()).hasSize(1);

        told("broken");

        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(namespace.told("waits"))
                        .anyMatch(event -> event.contains("device binding failed: claim=shared, reason=Told"))
                        .anyMatch(event -> event.contains("deallocation of ResourceClaim completed")));
        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> shared().getStatus().getAllocation() != null
                        && shared().getStatus().getDevices().isEmpty());
        told("attached");

        running("waits");
    }

    @Test
    void aResourceThatADriverGivesIsAskedForByName() {
        offer("  - name: far\n  - name: near\n");
        client.resources(DeviceClass.class).withName(namespace.name()).edit(type -> {
            type.getSpec().setExtendedResourceName(driver + "/gpu");
            return type;
        });
        namespace.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: named}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: main
                    image: registry.example.com/app:1
                    resources: {limits: {%s/gpu: 2}}
                """.formatted(driver), Pod.class);
        running("named");

        var told = stored("named").getStatus().getExtendedResourceClaimStatus();
        assertThat(told.getResourceClaimName()).startsWith("named-extended-resources-");
        assertThat(told.getRequestMappings()).singleElement().satisfies(mapping -> {
            assertThat(mapping.getContainerName()).isEqualTo("main");
            assertThat(mapping.getRequestName()).isEqualTo("container-0-request-0");
            assertThat(mapping.getResourceName()).isEqualTo(driver + "/gpu");
        });
        ResourceClaim claim = client.resources(ResourceClaim.class)
                .inNamespace(namespace.name())
                .withName(told.getResourceClaimName())
                .require();
        assertThat(results(claim))
                .extracting(DeviceRequestAllocationResult::getDevice)
                .containsExactly("far", "near");

        namespace.edit(Pod.class, "named", pod -> {
            pod.getSpec().setActiveDeadlineSeconds(1L);
            return pod;
        });

        // With the end of the pod, not only with the pod.
        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> client.resource(claim).get() == null);
        assertThat(stored("named").getStatus().getPhase()).isEqualTo("Failed");
    }

    /// What whoever makes devices ready says of one.
    private void told(String condition) {
        client.resource(shared()).editStatus(claim -> DeviceConditions.told(claim, driver, "node-1", "far", condition));
    }

    /// A claim with one request.
    private void share(String wish) {
        create(ResourceClaim.class, """
                apiVersion: resource.k8s.io/v1
                kind: ResourceClaim
                metadata: {name: shared, namespace: NAME}
                spec: {devices: {requests: [{name: one, %s}]}}
                """.formatted(wish));
    }

    private ResourceClaim shared() {
        return client.resources(ResourceClaim.class)
                .inNamespace(namespace.name())
                .withName("shared")
                .get();
    }

    private static List<DeviceRequestAllocationResult> results(ResourceClaim claim) {
        return claim.getStatus().getAllocation().getDevices().getResults();
    }

    private ResourceClaim claim(String pod) {
        return Optional.ofNullable(client.resources(ResourceClaim.class)
                        .inNamespace(namespace.name())
                        .withName(stored(pod)
                                .getStatus()
                                .getResourceClaimStatuses()
                                .getFirst()
                                .getResourceClaimName())
                        .get())
                .orElseThrow();
    }

    private void running(String pod) {
        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> "Running".equals(stored(pod).getStatus().getPhase()));
    }

    private Pod stored(String name) {
        return client.pods().inNamespace(namespace.name()).withName(name).get();
    }

    private <T extends io.fabric8.kubernetes.api.model.HasMetadata> void create(Class<T> type, String manifest) {
        client.resource(Serialization.unmarshal(
                        manifest.replace("NAME", namespace.name()).replace("DRIVER", driver), type))
                .create();
    }

    private static String pod(String name, String claim) {
        return """
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 0
                  resourceClaims: [{name: device, %s}]
                  containers:
                  - name: main
                    image: registry.example.com/app:1
                    resources: {claims: [{name: device}]}
                """.formatted(name, claim);
    }
}
