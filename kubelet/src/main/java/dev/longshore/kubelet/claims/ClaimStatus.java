package dev.longshore.kubelet.claims;

import dev.longshore.kubelet.claims.PreparedClaim.PreparedDevice;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceHealth;
import io.fabric8.kubernetes.api.model.ResourceHealthBuilder;
import io.fabric8.kubernetes.api.model.ResourceStatus;
import io.fabric8.kubernetes.api.model.ResourceStatusBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// Tells in statuses of containers how the devices are that they claim.
final class ClaimStatus {

    private final PodClaims claims;
    private final ClaimHealth health;

    ClaimStatus(PodClaims claims, ClaimHealth health) {
        this.claims = claims;
        this.health = health;
    }

    List<ResourceStatus> of(Pod pod, Container container) {
        if (container.getResources() == null) {
            return List.of();
        }
        var statuses = new ArrayList<ResourceStatus>();
        container.getResources().getClaims().forEach(used -> {
            String request = Objects.requireNonNullElse(used.getRequest(), "");
            List<ResourceHealth> devices = devices(pod, used.getName(), whole(request));
            if (!devices.isEmpty()) {
                statuses.add(new ResourceStatusBuilder()
                        .withName("claim:" + used.getName() + (request.isEmpty() ? "" : "/" + request))
                        .withResources(devices)
                        .build());
            }
        });
        return statuses;
    }

    /// Drivers tell only of requests, not of which of its alternatives (`request/alternative`) was taken.
    private static String whole(String request) {
        int slash = request.indexOf('/');
        return slash < 0 ? request : request.substring(0, slash);
    }

    private List<ResourceHealth> devices(Pod pod, String name, String request) {
        // A driver may describe several devices by one name; that is told of once.
        Map<String, ResourceHealth> byId = new LinkedHashMap<>();
        claims.of(pod, name)
                .ifPresent(claim -> new TreeMap<>(claim.drivers())
                        .forEach((driver, devices) -> devices.stream()
                                .filter(device -> device.isFor(request))
                                .forEach(device ->
                                        byId.computeIfAbsent(id(driver, device), id -> health(id, driver, device)))));
        return List.copyOf(byId.values());
    }

    private static String id(String driver, PreparedDevice device) {
        return device.cdi().isEmpty()
                ? "%s/%s/%s".formatted(driver, device.pool(), device.name())
                : device.cdi().getFirst();
    }

    private ResourceHealth health(String id, String driver, PreparedDevice device) {
        ClaimHealth.Health told = health.of(driver, device.pool(), device.name());
        return new ResourceHealthBuilder()
                .withResourceID(id)
                .withHealth(told.status())
                .withMessage(told.message().isEmpty() ? null : told.message())
                .build();
    }
}
