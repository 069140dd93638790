package dev.longshore.scheduler.devices;

import dev.longshore.kinds.cel.DeviceExpression;
import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceAttribute;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCapacity;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A device that a driver offers.
///
/// @param slice in which it does
record OfferedDevice(DeviceId id, Device device, ResourceSlice slice) {

    static OfferedDevice of(Device device, ResourceSlice slice) {
        var spec = slice.getSpec();
        return new OfferedDevice(
                new DeviceId(spec.getDriver(), spec.getPool().getName(), device.getName()), device, slice);
    }

    /// As expressions see it.
    DeviceExpression.Device seen() {
        var seen = new DeviceExpression.Device(id.driver(), isForMany());
        attributes().forEach((name, attribute) -> {
            if (attribute.getVersion() != null) {
                seen.withVersion(name, attribute.getVersion());
            } else {
                value(attribute).ifPresent(value -> seen.with(name, value));
            }
        });
        capacities().forEach((name, capacity) -> {
            if (capacity.getValue() != null) {
                seen.withCapacity(name, capacity.getValue().toString());
            }
        });
        return seen;
    }

    /// Whether several may have it at once, each some of its capacities.
    boolean isForMany() {
        return Boolean.TRUE.equals(device.getAllowMultipleAllocations());
    }

    /// What it has to give, by name.
    Map<String, DeviceCapacity> capacities() {
        return Objects.requireNonNullElse(device.getCapacity(), Map.of());
    }

    /// What an attribute is, by its name with its domain; a version differs from the text that spells it.
    Optional<Object> attribute(String qualifiedName) {
        DeviceAttribute exact = attributes().get(qualifiedName);
        String own = id.driver() + "/";
        DeviceAttribute found = exact == null && qualifiedName.startsWith(own)
                ? attributes().get(qualifiedName.substring(own.length()))
                : exact;
        if (found == null) {
            return Optional.empty();
        }
        return found.getVersion() != null ? Optional.of(new Version(found.getVersion())) : value(found);
    }

    private Map<String, DeviceAttribute> attributes() {
        return Objects.requireNonNullElse(device.getAttributes(), Map.of());
    }

    private static Optional<Object> value(DeviceAttribute attribute) {
        if (attribute.getInt() != null) {
            return Optional.of(attribute.getInt());
        }
        return attribute.getBool() != null
                ? Optional.of(attribute.getBool())
                : Optional.ofNullable(attribute.getString());
    }

    private record Version(String text) {}
}
