package dev.longshore.journeys;

import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;

/// What is said of claimed devices by whoever makes them ready.
final class DeviceConditions {

    private DeviceConditions() {}

    /// `claim`, in whose status a condition of a device is true.
    static ResourceClaim told(ResourceClaim claim, String driver, String pool, String device, String condition) {
        return new ResourceClaimBuilder(claim)
                .editStatus()
                .addNewDevice()
                .withDriver(driver)
                .withPool(pool)
                .withDevice(device)
                .withConditions(new ConditionBuilder()
                        .withType(condition)
                        .withStatus("True")
                        .withReason("Told")
                        .withMessage("")
                        .withLastTransitionTime("2026-01-01T00:00:00Z")
                        .build())
                .endDevice()
                .endStatus()
                .build();
    }
}
