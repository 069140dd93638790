package dev.longshore.scheduler.devices;

import static dev.longshore.scheduler.devices.FixedDevices.claim;
import static dev.longshore.scheduler.devices.FixedDevices.constrained;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AllocatorTest {

    private static final String PLAIN = "exactly: {deviceClassName: any}";

    private final FixedDevices facts = new FixedDevices();
    private final Allocator allocator = new Allocator(facts, new DeviceSelectors(), () -> "share");
    private final NodeView node = new NodeView(
            "here", Map.of("zone", "a"), List.of(), false, Map.of(), Map.of(), List.of(), Map.of(), Set.of());

    AllocatorTest() {
        facts.add(DeviceClass.class, "{metadata: {name: any}, spec: {}}");
    }

    @Test
    void choosesByExpressionsOfClassAndRequest() throws Exception {
        facts.add(DeviceClass.class, """
                {metadata: {name: gpus}, spec: {selectors: [{cel: {expression: 'device.attributes["d"].kind == "gpu"'}}]}}""");
        facts.slice("""
                - {name: nic, attributes: {kind: {string: nic}, version: {version: 2.0.0}}}
                - {name: old, attributes: {kind: {string: gpu}, version: {version: 1.9.0}}}
                - {name: new, attributes: {kind: {string: gpu}, version: {version: 1.10.0}}}""");

        assertThat(devices(claim("""
                - name: r
                  exactly:
                    deviceClassName: gpus
                    selectors:
                    - cel: {expression: 'device.attributes["d"].version.isGreaterThan(semver("1.9.5"))'}
                    - cel: {expression: '!("x" in device.attributes["other"])'}"""))).containsExactly("new");
    }

    @Test
    void whatIsTakenIsNotGivenAgainButToAdministrators() throws Exception {
        facts.slice("- {name: one}");
        ResourceClaim mine = claim("- {name: r, " + PLAIN + "}");
        AllocationResult given =
                allocator.allocate(List.of(mine), node).orElseThrow().getFirst();
        facts.give(mine, given);

        assertThat(allocator.allocate(List.of(claim("- {name: r, " + PLAIN + "}")), node))
                .isEmpty();
        assertThat(devices(claim("- {name: r, exactly: {deviceClassName: any, adminAccess: true}}")))
                .containsExactly("one");
    }

    @Test
    void allMeansEveryDeviceOrNone() throws Exception {
        facts.slice("- {name: one}\n- {name: two}");
        ResourceClaim all = claim("- {name: r, exactly: {deviceClassName: any, allocationMode: All}}");
        assertThat(devices(all)).containsExactly("one", "two");

        assertThat(allocator.allocate(List.of(claim("- {name: r, " + PLAIN + "}"), all), node))
                .isEmpty();
    }

    @Test
    void takesBackChoicesThatConstraintsForbidLater() throws Exception {
        facts.slice("""
                - {name: a1, attributes: {numa: {int: 1}}}
                - {name: b1, attributes: {numa: {int: 2}, kind: {string: nic}}}
                - {name: a2, attributes: {numa: {int: 2}}}""");

        assertThat(devices(constrained("""
                - {name: gpu, exactly: {deviceClassName: any, selectors: [{cel: {expression: '!has(device.attributes["d"].kind)'}}]}}
                - {name: nic, exactly: {deviceClassName: any, selectors: [{cel: {expression: 'has(device.attributes["d"].kind)'}}]}}""", "[{matchAttribute: d/numa}]"))).containsExactly("a2", "b1");
    }

    @Test
    void theFirstAlternativeThatCanBeHadIsTaken() throws Exception {
        facts.slice("- {name: one}\n- {name: two}");

        List<AllocationResult> results =
                allocator.allocate(List.of(claim("""
                - name: r
                  firstAvailable:
                  - {name: many, deviceClassName: any, count: 3}
                  - {name: some, deviceClassName: any, count: 2}
                  - {name: few, deviceClassName: any}""")), node).orElseThrow();

        assertThat(results.getFirst().getDevices().getResults())
                .extracting(DeviceRequestAllocationResult::getRequest)
                .containsExactly("r/some", "r/some");
    }

    @Test
    void taintedDevicesAreForWhoToleratesThem() throws Exception {
        facts.slice("- {name: sick, taints: [{key: broken, effect: NoSchedule}]}");

        assertThat(allocator.allocate(List.of(claim("- {name: r, " + PLAIN + "}")), node))
                .isEmpty();
        assertThat(
                        devices(
                                claim(
                                        "- {name: r, exactly: {deviceClassName: any, tolerations: [{key: broken, operator: Exists}]}}")))
                .containsExactly("sick");
    }

    @Test
    void whoWantsAllWantsTheTaintedOnesToo() throws Exception {
        facts.slice("- {name: well}\n- {name: sick, taints: [{key: broken, effect: NoSchedule}]}");

        assertThat(allocator.allocate(
                        List.of(claim("- {name: r, exactly: {deviceClassName: any, allocationMode: All}}")), node))
                .isEmpty();
    }

    @Test
    void whoWantsMoreThanThereCanBeIsTold() {
        facts.slice("- {name: one}");
        String most = "exactly: {deviceClassName: any, count: " + Long.MAX_VALUE + "}";

        assertThatThrownBy(() -> allocator.allocate(
                        List.of(claim("- {name: one, " + PLAIN + "}\n- {name: rest, " + most + "}")), node))
                .hasMessage("claim n/c: number of requested devices %d exceeds the claim limit of 32", Long.MAX_VALUE);
    }

    @Test
    void anAlternativeThatAsksForMoreThanThereCanBeIsPassedOver() throws Exception {
        facts.slice("- {name: one}\n- {name: two}");

        assertThat(devices(claim("- {name: one, " + PLAIN + "}\n- {name: rest, firstAvailable: [{name: most,"
                        + " deviceClassName: any, count: " + Long.MAX_VALUE
                        + "}, {name: least, deviceClassName: any, count: 1}]}")))
                .containsExactly("one", "two");
    }

    @Test
    void onlyDevicesWhoseTurnComesAreLookedAt() throws Exception {
        facts.slice("- {name: one, attributes: {nope: {int: 1}}}\n- {name: two}");

        assertThat(
                        devices(
                                claim(
                                        "- {name: r, exactly: {deviceClassName: any, selectors: [{cel: {expression: 'device.attributes[\"d\"].nope == 1'}}]}}")))
                .containsExactly("one");
    }

    @Test
    void aPoolThatContradictsItselfIsPassedOverAndNamedWhenNothingElseIsLeft() {
        facts.slice("- {name: twin}\n- {name: twin}");

        assertThatThrownBy(() -> allocator.allocate(List.of(claim("- {name: r, " + PLAIN + "}")), node))
                .hasMessage("invalid resource pools were encountered");
    }

    @Test
    void partsOfADeviceDrawOnWhatTheyShare() throws Exception {
        facts.add(ResourceSlice.class, """
                {metadata: {name: s}, spec: {driver: d, nodeName: here,
                  pool: {name: p, generation: 1, resourceSliceCount: 1},
                  sharedCounters: [{name: card, counters: {memory: {value: 8Gi}}}],
                  devices: [
                    {name: whole, consumesCounters: [{counterSet: card, counters: {memory: {value: 8Gi}}}]},
                    {name: half, consumesCounters: [{counterSet: card, counters: {memory: {value: 4Gi}}}]},
                    {name: half2, consumesCounters: [{counterSet: card, counters: {memory: {value: 4Gi}}}]}]}}""");

        assertThat(devices(claim("- {name: r, exactly: {deviceClassName: any, count: 2}}")))
                .containsExactly("half", "half2");
        assertThat(allocator.allocate(List.of(claim("- {name: r, exactly: {deviceClassName: any, count: 3}}")), node))
                .isEmpty();
    }

    @Test
    void onlyTheLatestGenerationOfAPoolThatIsCompleteCounts() throws Exception {
        facts.add(
                ResourceSlice.class,
                "{metadata: {name: old}, spec: {driver: d, allNodes: true,"
                        + " pool: {name: p, generation: 1, resourceSliceCount: 1}, devices: [{name: gone}]}}");
        facts.add(
                ResourceSlice.class,
                "{metadata: {name: half}, spec: {driver: d, allNodes: true,"
                        + " pool: {name: p, generation: 2, resourceSliceCount: 2}, devices: [{name: first}]}}");
        ResourceClaim claim = claim("- {name: r, " + PLAIN + "}");
        assertThat(allocator.allocate(List.of(claim), node)).isEmpty();
        assertThatThrownBy(() -> allocator.allocate(
                        List.of(claim("- {name: r, exactly: {deviceClassName: any, allocationMode: All}}")), node))
                .hasMessageContaining("resource pool d/p is currently being updated");

        facts.add(
                ResourceSlice.class,
                "{metadata: {name: rest}, spec: {driver: d, allNodes: true,"
                        + " pool: {name: p, generation: 2, resourceSliceCount: 2}, devices: [{name: second}]}}");

        assertThat(devices(claim)).containsExactly("first");
        assertThat(allocator
                        .allocate(List.of(claim), node)
                        .orElseThrow()
                        .getFirst()
                        .getNodeSelector())
                .isNull();
    }

    @Test
    void anExpressionThatCannotBeEvaluatedSaysWhose() {
        facts.slice("- {name: one}");

        assertThatThrownBy(() -> allocator.allocate(
                        List.of(
                                claim(
                                        "- {name: r, exactly: {deviceClassName: any, selectors: [{cel: {expression: 'device.attributes[\"d\"].nope == 1'}}]}}")),
                        node))
                .hasMessage("claim n/c: selector #0: CEL runtime error: no such key: nope");
    }

    private List<String> devices(ResourceClaim claim) throws DeviceException {
        return allocator.allocate(List.of(claim), node).orElseThrow().getFirst().getDevices().getResults().stream()
                .map(DeviceRequestAllocationResult::getDevice)
                .toList();
    }
}
