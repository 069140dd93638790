package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;

/// A device's name in the cluster.
record DeviceId(String driver, String pool, String device) {

    static DeviceId of(DeviceRequestAllocationResult result) {
        return new DeviceId(result.getDriver(), result.getPool(), result.getDevice());
    }
}
