package dev.longshore.scheduler.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import dev.longshore.scheduler.framework.ContainerNeed;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.plugins.NodeResourcesFit;
import io.fabric8.kubernetes.api.model.ContainerExtendedResourceRequest;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ExtendedRequestsTest {

    private static final String GPU = "example.com/gpu";

    private final FixedDevices facts = new FixedDevices();

    @Test
    void containersThatRunTogetherHaveDevicesOfTheirOwn() {
        var requests = requests(need(0, "a", false, 1), need(1, "b", false, 2));

        assertThat(requests.requests())
                .extracting(
                        DeviceRequest::getName, request -> request.getExactly().getCount())
                .containsExactly(tuple("container-0-request-1", 1L), tuple("container-1-request-1", 2L));
        assertThat(requests.mappings())
                .extracting(
                        ContainerExtendedResourceRequest::getContainerName,
                        ContainerExtendedResourceRequest::getResourceName,
                        ContainerExtendedResourceRequest::getRequestName)
                .containsExactly(tuple("a", GPU, "container-0-request-1"), tuple("b", GPU, "container-1-request-1"));
    }

    @Test
    void initContainersThatEndBorrowFromLaterOnesAndShareWhatIsMissing() {
        var requests = requests(need(0, "first", true, 3), need(1, "second", true, 4), need(2, "main", false, 1));

        assertThat(requests.requests())
                .extracting(
                        DeviceRequest::getName, request -> request.getExactly().getCount())
                .containsExactly(tuple("container-1-request-1", 3L), tuple("container-2-request-1", 1L));
        assertThat(requests.mappings())
                .extracting(
                        ContainerExtendedResourceRequest::getContainerName,
                        ContainerExtendedResourceRequest::getRequestName)
                .containsExactly(
                        tuple("main", "container-2-request-1"),
                        tuple("first", "container-2-request-1"),
                        tuple("first", "container-1-request-1"),
                        tuple("second", "container-2-request-1"),
                        tuple("second", "container-1-request-1"));
    }

    @Test
    void aClassStandsForItsNameTheNewestFirst() {
        facts.add(
                DeviceClass.class,
                "{metadata: {name: old, creationTimestamp: '2026-01-01T00:00:00Z'}, spec: {extendedResourceName: example.com/gpu}}");
        facts.add(
                DeviceClass.class,
                "{metadata: {name: new, creationTimestamp: '2026-01-02T00:00:00Z'}, spec: {extendedResourceName: example.com/gpu}}");

        assertThat(ExtendedClaims.deviceClass(facts, GPU)
                        .orElseThrow()
                        .getMetadata()
                        .getName())
                .isEqualTo("new");
        assertThat(ExtendedClaims.deviceClass(facts, "deviceclass.resource.kubernetes.io/old"))
                .isPresent();
        assertThat(ExtendedClaims.deviceClass(facts, "example.com/other")).isEmpty();
    }

    @Test
    void aNodeWithoutTheResourceIsLeftToTheDriverAndOneWithAPluginIsNot() throws Exception {
        facts.add(DeviceClass.class, "{metadata: {name: gpus}, spec: {extendedResourceName: example.com/gpu}}");
        facts.slice("- {name: one}\n- {name: two}");
        PodView pod = pod(2);
        var fit = new NodeResourcesFit(facts);
        var devices = new PodDevices(facts);
        NodeView bare = node("here", Map.of("pods", 10L));
        NodeView plugged = node("here", Map.of("pods", 10L, GPU, 1L));

        assertThat(fit.filter(pod, bare, new Snapshot(List.of(bare)))).isEqualTo(Verdict.FITS);
        assertThat(fit.filter(pod, plugged, new Snapshot(List.of(plugged)))).isInstanceOf(Verdict.Rejected.class);
        assertThat(devices.plan(pod, bare).orElseThrow()).singleElement().satisfies(plan -> {
            assertThat(plan.claim().getMetadata().getGenerateName()).isEqualTo("p-extended-resources-");
            assertThat(plan.allocation().orElseThrow().getDevices().getResults())
                    .hasSize(2);
            assertThat(plan.mappings()).hasSize(1);
        });
        assertThat(devices.plan(pod, plugged).orElseThrow()).isEmpty();
        assertThat(devices.refusal(pod(3), bare)).contains("cannot allocate all claims");
    }

    private static NodeView node(String name, Map<String, Long> allocatable) {
        return new NodeView(name, Map.of(), List.of(), false, allocatable, Map.of(), List.of(), Map.of(), Set.of());
    }

    private static PodView pod(int count) {
        return PodView.of(Serialization.unmarshal("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: n, uid: u}
                spec:
                  containers:
                  - name: main
                    resources: {requests: {example.com/gpu: %d}, limits: {example.com/gpu: %d}}
                """.formatted(count, count), Pod.class));
    }

    private static ContainerNeed need(int index, String name, boolean isShortLived, long count) {
        return new ContainerNeed(index, name, isShortLived, Map.of("cpu", 100L, GPU, count));
    }

    private static ExtendedRequests requests(ContainerNeed... needs) {
        return ExtendedRequests.of(List.of(needs), new TreeMap<>(Map.of(GPU, "gpus")));
    }
}
