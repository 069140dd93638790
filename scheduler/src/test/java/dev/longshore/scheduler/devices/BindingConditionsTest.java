package dev.longshore.scheduler.devices;

import static dev.longshore.scheduler.devices.FixedDevices.claim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BindingConditionsTest {

    private static final String WANTED = "- {name: r, exactly: {deviceClassName: any}}";

    private final FixedDevices facts = new FixedDevices();
    private final NodeView node =
            new NodeView("here", Map.of(), List.of(), false, Map.of(), Map.of(), List.of(), Map.of(), Set.of());

    @Test
    void anAllocationSaysWhatIsToBeWaitedForAndBindsToItsNode() throws Exception {
        AllocationResult given = given();

        assertThat(given.getDevices().getResults()).singleElement().satisfies(result -> {
            assertThat(result.getBindingConditions()).containsExactly("attached");
            assertThat(result.getBindingFailureConditions()).containsExactly("broken");
        });
        assertThat(given.getNodeSelector().getNodeSelectorTerms().getFirst().getMatchFields())
                .singleElement()
                .satisfies(field -> assertThat(field.getValues()).containsExactly("here"));
    }

    @Test
    void devicesThatAreReadyAtOnceComeFirst() throws Exception {
        facts.add(
                ResourceSlice.class,
                "{metadata: {name: z}, spec: {driver: z, allNodes: true,"
                        + " pool: {name: z, generation: 1, resourceSliceCount: 1}, devices: [{name: ready}]}}");

        assertThat(given().getDevices().getResults().getFirst().getDevice()).isEqualTo("ready");
    }

    @Test
    void aClaimIsReadyWhenAllConditionsAreTrueAndHasFailedWhenOneOfTheOthersIs() throws Exception {
        ResourceClaim claim = new ResourceClaimBuilder(claim(WANTED))
                .withNewStatus()
                .withAllocation(given())
                .endStatus()
                .build();

        assertThat(BindingConditions.has(claim)).isTrue();
        assertThat(BindingConditions.of(claim)).isEqualTo(new BindingConditions.Pending());
        assertThat(BindingConditions.of(told(claim, "attached", "False"))).isEqualTo(new BindingConditions.Pending());
        assertThat(BindingConditions.of(told(claim, "attached", "True"))).isEqualTo(new BindingConditions.Ready());
        assertThat(BindingConditions.of(told(claim, "broken", "True")))
                .isEqualTo(new BindingConditions.Failed("device binding failed: claim=c, reason=Why, message=\"so\""));
    }

    private AllocationResult given() throws DeviceException {
        facts.add(DeviceClass.class, "{metadata: {name: any}, spec: {}}");
        facts.add(ResourceSlice.class, """
                {metadata: {name: s}, spec: {driver: d, allNodes: true,
                  pool: {name: p, generation: 1, resourceSliceCount: 1},
                  devices: [{name: far, bindsToNode: true, bindingConditions: [attached],
                    bindingFailureConditions: [broken]}]}}""");
        return new Allocator(facts, new DeviceSelectors(), () -> "share")
                .allocate(List.of(claim(WANTED)), node)
                .orElseThrow()
                .getFirst();
    }

    private static ResourceClaim told(ResourceClaim claim, String type, String status) {
        return new ResourceClaimBuilder(claim)
                .editStatus()
                .addNewDevice()
                .withDriver("d")
                .withPool("p")
                .withDevice("far")
                .withConditions(new ConditionBuilder()
                        .withType(type)
                        .withStatus(status)
                        .withReason("Why")
                        .withMessage("so")
                        .build())
                .endDevice()
                .endStatus()
                .build();
    }
}
