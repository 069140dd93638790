package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.resource.v1.AllocatedDeviceStatus;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.List;
import java.util.Optional;

/// Whether the devices of a claim are ready for a pod, where somebody has to make them so first.
sealed interface BindingConditions {

    /// All are, or there is nothing to wait for.
    record Ready() implements BindingConditions {}

    /// Not yet.
    record Pending() implements BindingConditions {}

    /// They never will be.
    record Failed(String message) implements BindingConditions {}

    /// As `claim` says; one without devices is not ready.
    static BindingConditions of(ResourceClaim claim) {
        if (claim.getStatus() == null || claim.getStatus().getAllocation() == null) {
            return new Pending();
        }
        for (DeviceRequestAllocationResult result : results(claim)) {
            if (result.getBindingConditions().isEmpty()) {
                continue;
            }
            Optional<AllocatedDeviceStatus> told = claim.getStatus().getDevices().stream()
                    .filter(device -> device.getDevice().equals(result.getDevice())
                            && device.getDriver().equals(result.getDriver())
                            && device.getPool().equals(result.getPool()))
                    .findFirst();
            if (told.isEmpty()) {
                return new Pending();
            }
            List<Condition> conditions = told.get().getConditions();
            for (String failure : result.getBindingFailureConditions()) {
                Optional<Condition> failed = find(conditions, failure);
                if (failed.isPresent()) {
                    return new Failed("device binding failed: claim=%s, reason=%s, message=\"%s\""
                            .formatted(
                                    claim.getMetadata().getName(),
                                    failed.get().getReason(),
                                    failed.get().getMessage()));
                }
            }
            if (!result.getBindingConditions().stream()
                    .allMatch(wanted -> find(conditions, wanted).isPresent())) {
                return new Pending();
            }
        }
        return new Ready();
    }

    /// Whether there is anything to wait for.
    static boolean has(ResourceClaim claim) {
        return results(claim).stream()
                .anyMatch(result -> !result.getBindingConditions().isEmpty());
    }

    private static List<DeviceRequestAllocationResult> results(ResourceClaim claim) {
        boolean isAllocated = claim.getStatus() != null
                && claim.getStatus().getAllocation() != null
                && claim.getStatus().getAllocation().getDevices() != null;
        return isAllocated ? claim.getStatus().getAllocation().getDevices().getResults() : List.of();
    }

    private static Optional<Condition> find(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.getType().equals(type) && "True".equals(condition.getStatus()))
                .findFirst();
    }
}
