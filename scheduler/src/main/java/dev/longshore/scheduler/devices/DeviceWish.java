package dev.longshore.scheduler.devices;

import dev.longshore.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequirements;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSubRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.fabric8.kubernetes.api.model.resource.v1.ExactDeviceRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a request asks for, or one of its alternatives.
///
/// @param request the request's name
/// @param name the same, or `REQUEST/ALTERNATIVE`
/// @param isAll every device that suits, rather than `count` of them
/// @param isAdmin to look after devices that others may have
/// @param capacity how much of each capacity a device must have to give
record DeviceWish(
        String request,
        String name,
        String deviceClass,
        List<DeviceSelector> selectors,
        boolean isAll,
        long count,
        boolean isAdmin,
        List<DeviceToleration> tolerations,
        Map<String, Quantity> capacity) {

    private static final String ALL = "All";

    /// The ways in which `request` can be fulfilled, the best first.
    static List<DeviceWish> of(DeviceRequest request) throws DeviceException {
        if (request.getExactly() != null) {
            ExactDeviceRequest exact = request.getExactly();
            return List.of(new DeviceWish(
                    request.getName(),
                    request.getName(),
                    exact.getDeviceClassName(),
                    exact.getSelectors(),
                    ALL.equals(exact.getAllocationMode()),
                    exact.getCount() == null ? 1 : exact.getCount(),
                    Boolean.TRUE.equals(exact.getAdminAccess()),
                    exact.getTolerations(),
                    capacity(exact.getCapacity())));
        }
        if (request.getFirstAvailable().isEmpty()) {
            throw new DeviceException("request %s: unknown request type".formatted(request.getName()));
        }
        return request.getFirstAvailable().stream()
                .map(alternative -> of(request, alternative))
                .toList();
    }

    private static DeviceWish of(DeviceRequest request, DeviceSubRequest alternative) {
        return new DeviceWish(
                request.getName(),
                request.getName() + "/" + alternative.getName(),
                alternative.getDeviceClassName(),
                alternative.getSelectors(),
                ALL.equals(alternative.getAllocationMode()),
                alternative.getCount() == null ? 1 : alternative.getCount(),
                false,
                alternative.getTolerations(),
                capacity(alternative.getCapacity()));
    }

    private static Map<String, Quantity> capacity(CapacityRequirements wanted) {
        var amounts = new HashMap<String, Quantity>();
        if (wanted != null && wanted.getRequests() != null) {
            wanted.getRequests().forEach((name, amount) -> amounts.put(name, Capacities.amount(amount)));
        }
        return amounts;
    }

    /// The name of the request, or of the alternative alone.
    String ownName() {
        return name.substring(name.indexOf('/') + 1);
    }

    /// Whether a list of names, of requests or of alternatives, speaks of this one; an empty list speaks of all.
    boolean isIn(List<String> names) {
        return names.isEmpty() || names.contains(request) || names.contains(name);
    }
}
