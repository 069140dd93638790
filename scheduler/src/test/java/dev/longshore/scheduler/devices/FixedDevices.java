package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Devices as a test says.
final class FixedDevices implements DeviceFacts {

    final List<ResourceClaim> claims = new ArrayList<>();
    private final List<ResourceSlice> slices = new ArrayList<>();
    private final List<DeviceClass> classes = new ArrayList<>();

    <T extends HasMetadata> void add(Class<T> type, String yaml) {
        // What begins with a brace would be taken for JSON.
        switch (Serialization.unmarshal("---\n" + yaml, type)) {
            case ResourceSlice slice -> slices.add(slice);
            case DeviceClass known -> classes.add(known);
            case ResourceClaim claim -> claims.add(claim);
            default -> throw new AssertionError(type);
        }
    }

    /// One slice of the driver `d`, all there is of the pool `p`, on the node `here`.
    void slice(String devices) {
        add(ResourceSlice.class, """
                metadata: {name: s}
                spec:
                  driver: d
                  nodeName: here
                  pool: {name: p, generation: 1, resourceSliceCount: 1}
                  devices:
                %s
                """.formatted(devices.indent(2)));
    }

    void give(ResourceClaim claim, AllocationResult given) {
        claims.add(new ResourceClaimBuilder(claim)
                .withNewStatus()
                .withAllocation(given)
                .endStatus()
                .build());
    }

    static ResourceClaim claim(String requests) {
        return constrained(requests, "[]");
    }

    static ResourceClaim constrained(String requests, String constraints) {
        return Serialization.unmarshal("""
                metadata: {name: c, namespace: n, uid: u}
                spec:
                  devices:
                    constraints: %s
                    requests:
                %s
                """.formatted(constraints, requests.indent(4)), ResourceClaim.class);
    }

    @Override
    public Optional<ResourceClaim> claim(String namespace, String name) {
        return claims.stream()
                .filter(claim -> claim.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public List<ResourceClaim> claims() {
        return claims;
    }

    @Override
    public boolean isBeingAllocated(String uid) {
        return false;
    }

    @Override
    public List<ResourceSlice> slices() {
        return slices;
    }

    @Override
    public List<DeviceClass> deviceClasses() {
        return classes;
    }

    @Override
    public boolean isGivenUp(ResourceClaim claim) {
        return false;
    }

    @Override
    public Optional<DeviceClass> deviceClass(String name) {
        return classes.stream()
                .filter(known -> known.getMetadata().getName().equals(name))
                .findFirst();
    }
}
