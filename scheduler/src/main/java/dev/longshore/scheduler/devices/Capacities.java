package dev.longshore.scheduler.devices;

import dev.longshore.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequestPolicy;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequestPolicyRange;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCapacity;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How much of a device's capacities a request takes: what it asks for, raised to what the device's policy allows;
/// where it does not ask, the policy's default, else all there is.
final class Capacities {

    private Capacities() {}

    /// What a request for `asked` takes of each capacity of `device`.
    static Map<String, Quantity> taken(Map<String, Quantity> asked, OfferedDevice device) {
        var taken = new TreeMap<String, Quantity>();
        device.capacities().forEach((name, capacity) -> taken.put(name, taken(asked.get(name), capacity)));
        return taken;
    }

    /// Whether `device` has that much to give beside what is `used` of it, in portions that it gives.
    static boolean fit(Map<String, Quantity> asked, OfferedDevice device, Map<String, Quantity> used) {
        Map<String, DeviceCapacity> capacities = device.capacities();
        if (!capacities.keySet().containsAll(asked.keySet())) {
            return false;
        }
        return capacities.entrySet().stream().allMatch(entry -> {
            DeviceCapacity capacity = entry.getValue();
            Quantity taken = taken(asked.get(entry.getKey()), capacity);
            Quantity inUse = used.getOrDefault(entry.getKey(), Quantity.ZERO);
            return isPortion(taken, capacity.getRequestPolicy())
                    && taken.plus(inUse).compareTo(amount(capacity.getValue())) <= 0;
        });
    }

    /// The same amount as the rest of the program counts it.
    static Quantity amount(io.fabric8.kubernetes.api.model.Quantity quantity) {
        return quantity == null ? Quantity.ZERO : Quantity.parse(quantity.toString());
    }

    private static Quantity taken(Quantity asked, DeviceCapacity capacity) {
        CapacityRequestPolicy policy = capacity.getRequestPolicy();
        if (asked == null) {
            return amount(policy != null && policy.getDefault() != null ? policy.getDefault() : capacity.getValue());
        }
        if (policy == null) {
            return asked;
        }
        CapacityRequestPolicyRange range = policy.getValidRange();
        if (range != null && range.getMin() != null) {
            return raised(asked, range);
        }
        return policy.getValidValues().stream()
                .map(Capacities::amount)
                .filter(value -> asked.compareTo(value) <= 0)
                .findFirst()
                .orElse(asked);
    }

    private static Quantity raised(Quantity asked, CapacityRequestPolicyRange range) {
        Quantity min = amount(range.getMin());
        if (asked.compareTo(min) < 0) {
            return min;
        }
        if (range.getStep() == null) {
            return asked;
        }
        BigInteger step = BigInteger.valueOf(amount(range.getStep()).units());
        BigInteger least = BigInteger.valueOf(min.units());
        BigInteger[] steps = BigInteger.valueOf(asked.units()).subtract(least).divideAndRemainder(step);
        BigInteger whole = steps[1].signum() == 0 ? steps[0] : steps[0].add(BigInteger.ONE);
        BigInteger raised = least.add(whole.multiply(step));
        // More than any device has.
        return raised.bitLength() < Long.SIZE ? Quantity.ofBytes(raised.longValue()) : asked;
    }

    private static boolean isPortion(Quantity taken, CapacityRequestPolicy policy) {
        if (policy == null || policy.getDefault() != null && taken.equals(amount(policy.getDefault()))) {
            return true;
        }
        CapacityRequestPolicyRange range = policy.getValidRange();
        if (range != null) {
            boolean isTooMuch = range.getMax() != null && taken.compareTo(amount(range.getMax())) > 0;
            return !isTooMuch && isOnStep(taken, range);
        }
        List<io.fabric8.kubernetes.api.model.Quantity> values = policy.getValidValues();
        return values.isEmpty()
                || values.stream().anyMatch(value -> amount(value).equals(taken));
    }

    private static boolean isOnStep(Quantity taken, CapacityRequestPolicyRange range) {
        return range.getStep() == null
                || BigInteger.valueOf(taken.units())
                                .subtract(BigInteger.valueOf(
                                        amount(range.getMin()).units()))
                                .mod(BigInteger.valueOf(amount(range.getStep()).units()))
                                .signum()
                        == 0;
    }
}
