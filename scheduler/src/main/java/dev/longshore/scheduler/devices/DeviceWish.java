package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSelector;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceSubRequest;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceToleration;
import io.fabric8.kubernetes.api.model.resource.v1.ExactDeviceRequest;
import java.util.List;

/// What a request asks for, or one of its alternatives.
///
/// @param request the request's name
/// @param name the same, or `REQUEST/ALTERNATIVE`
/// @param isAll every device that suits, rather than `count` of them
/// @param isAdmin to look after devices that others may have
record DeviceWish(
        String request,
        String name,
        String deviceClass,
        List<DeviceSelector> selectors,
        boolean isAll,
        long count,
        boolean isAdmin,
        List<DeviceToleration> tolerations) {

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
                    exact.getTolerations()));
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
                alternative.getTolerations());
    }

    /// Whether a list of names, of requests or of alternatives, speaks of this one; an empty list speaks of all.
    boolean isIn(List<String> names) {
        return names.isEmpty() || names.contains(request) || names.contains(name);
    }
}
