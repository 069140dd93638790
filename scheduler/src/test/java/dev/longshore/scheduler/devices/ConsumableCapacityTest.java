package dev.longshore.scheduler.devices;

import static dev.longshore.scheduler.devices.FixedDevices.claim;
import static dev.longshore.scheduler.devices.FixedDevices.constrained;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsumableCapacityTest {

    private final FixedDevices facts = new FixedDevices();
    private final AtomicInteger shares = new AtomicInteger();
    private final Allocator allocator =
            new Allocator(facts, new DeviceSelectors(), () -> "share-" + shares.incrementAndGet());
    private final NodeView node =
            new NodeView("here", Map.of(), List.of(), false, Map.of(), Map.of(), List.of(), Map.of(), Set.of());

    ConsumableCapacityTest() {
        facts.add(DeviceClass.class, "{metadata: {name: any}, spec: {}}");
    }

    @Test
    void severalClaimsHaveADeviceAsLongAsItsCapacityLasts() throws Exception {
        facts.slice("- {name: nic, allowMultipleAllocations: true, capacity: {bandwidth: {value: 10G}}}");
        ResourceClaim four = wants("bandwidth: 4G");

        DeviceRequestAllocationResult first = take(four);
        DeviceRequestAllocationResult second = take(four);

        assertThat(first.getShareID()).isEqualTo("share-1");
        assertThat(first.getConsumedCapacity()).containsEntry("bandwidth", new Quantity("4", "G"));
        assertThat(second.getShareID()).isEqualTo("share-2");
        assertThat(allocator.allocate(List.of(four), node)).isEmpty();
        assertThat(allocator.allocate(List.of(wants("bandwidth: 2G")), node)).isPresent();
    }

    @Test
    void whoDoesNotSayHowMuchTakesAllOrWhatThePolicySays() throws Exception {
        facts.slice("""
                - name: nic
                  allowMultipleAllocations: true
                  capacity:
                    queues: {value: 8, requestPolicy: {default: 2}}
                    memory: {value: 1Gi}""");

        DeviceRequestAllocationResult result = take(claim("- {name: r, exactly: {deviceClassName: any}}"));

        assertThat(result.getConsumedCapacity())
                .containsOnly(Map.entry("queues", new Quantity("2")), Map.entry("memory", new Quantity("1", "Gi")));
    }

    @Test
    void requestsAreRaisedToThePortionsThatThePolicyAllows() throws Exception {
        facts.slice("""
                - name: gpu
                  allowMultipleAllocations: true
                  capacity:
                    memory: {value: 16Gi, requestPolicy: {default: 1Gi, validRange: {min: 1Gi, step: 1Gi, max: 8Gi}}}
                    cores: {value: 100, requestPolicy: {default: 10, validValues: [10, 25, 50]}}""");

        DeviceRequestAllocationResult result = take(wants("memory: 2500Mi, cores: 11"));

        assertThat(result.getConsumedCapacity())
                .containsOnly(Map.entry("memory", new Quantity("3", "Gi")), Map.entry("cores", new Quantity("25")));
        assertThat(allocator.allocate(List.of(wants("memory: 9Gi")), node)).isEmpty();
        assertThat(allocator.allocate(List.of(wants("cores: 51")), node)).isEmpty();
        assertThat(allocator.allocate(List.of(wants("wings: 1")), node)).isEmpty();
    }

    @Test
    void requestsOfOneClaimMayShareADeviceButOneRequestHasItOnce() throws Exception {
        facts.slice("""
                - {name: a, allowMultipleAllocations: true, attributes: {id: {int: 1}}, capacity: {slots: {value: 2, requestPolicy: {default: 1}}}}
                - {name: b, allowMultipleAllocations: true, attributes: {id: {int: 2}}, capacity: {slots: {value: 2, requestPolicy: {default: 1}}}}""");
        String two = "- {name: one, exactly: {deviceClassName: any}}\n- {name: two, exactly: {deviceClassName: any}}";

        assertThat(devices(claim(two))).containsExactly("a", "a");
        assertThat(devices(constrained(two, "[{distinctAttribute: d/id}]"))).containsExactly("a", "b");
        assertThat(devices(claim("- {name: r, exactly: {deviceClassName: any, count: 2}}")))
                .containsExactly("a", "b");
        assertThat(allocator.allocate(List.of(claim("- {name: r, exactly: {deviceClassName: any, count: 3}}")), node))
                .isEmpty();
    }

    @Test
    void theCapacityOfADeviceThatIsHadWholeMustBeEnough() throws Exception {
        facts.slice(
                "- {name: small, capacity: {memory: {value: 1Gi}}}\n- {name: large, capacity: {memory: {value: 8Gi}}}");

        DeviceRequestAllocationResult result = take(wants("memory: 2Gi"));

        assertThat(result.getDevice()).isEqualTo("large");
        assertThat(result.getShareID()).isNull();
        assertThat(result.getConsumedCapacity()).isNullOrEmpty();
    }

    private static ResourceClaim wants(String capacity) {
        return claim("- {name: r, exactly: {deviceClassName: any, capacity: {requests: {%s}}}}".formatted(capacity));
    }

    private DeviceRequestAllocationResult take(ResourceClaim claim) throws DeviceException {
        AllocationResult given =
                allocator.allocate(List.of(claim), node).orElseThrow().getFirst();
        facts.give(claim, given);
        return given.getDevices().getResults().getFirst();
    }

    private List<String> devices(ResourceClaim claim) throws DeviceException {
        Optional<List<AllocationResult>> results = allocator.allocate(List.of(claim), node);
        return results.orElseThrow().getFirst().getDevices().getResults().stream()
                .map(DeviceRequestAllocationResult::getDevice)
                .toList();
    }
}
