package dev.longshore.scheduler.devices;

import dev.longshore.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Which devices, and what they share, are in use: by claims that have theirs, and in one attempt to give more. A
/// device is had whole, or by many who each take some of its capacities. Not thread-safe.
final class Taken {

    /// Had whole by claims.
    private final Set<DeviceId> given = new HashSet<>();
    /// Had whole in this attempt, by the places of claims in it.
    private final Map<DeviceId, Set<Integer>> chosen = new HashMap<>();
    /// What is taken of devices for many.
    private final Map<DeviceId, Map<String, Quantity>> used = new HashMap<>();
    /// By how many a device is had: the first draws on what devices share, for all of them.
    private final Map<DeviceId, Integer> owners = new HashMap<>();

    private final Map<Offers.Shared, BigDecimal> left;

    /// With what `claims` have.
    Taken(List<ResourceClaim> claims, Offers offers) {
        left = new HashMap<>(offers.counters());
        claims.stream()
                .filter(claim -> claim.getStatus() != null
                        && claim.getStatus().getAllocation() != null
                        && claim.getStatus().getAllocation().getDevices() != null)
                .flatMap(claim -> claim.getStatus().getAllocation().getDevices().getResults().stream())
                .filter(result -> !Boolean.TRUE.equals(result.getAdminAccess()))
                .forEach(this::count);
        offers.anywhere().stream()
                .filter(device -> owners.containsKey(device.id()))
                .forEach(device -> draw(device, false));
    }

    private void count(DeviceRequestAllocationResult result) {
        DeviceId id = DeviceId.of(result);
        owners.merge(id, 1, Integer::sum);
        if (result.getShareID() == null) {
            given.add(id);
            return;
        }
        var amounts = used.computeIfAbsent(id, key -> new HashMap<>());
        Objects.requireNonNullElse(
                        result.getConsumedCapacity(), Map.<String, io.fabric8.kubernetes.api.model.Quantity>of())
                .forEach((name, amount) -> amounts.merge(name, Capacities.amount(amount), Quantity::plus));
    }

    /// Takes `device` for a wish of the `claim`th claim; empty, and nothing is taken, if it cannot be had.
    Optional<Choice> take(int claim, DeviceWish wish, OfferedDevice device) {
        if (isTaken(claim, wish, device)
                || !Capacities.fit(wish.capacity(), device, used.getOrDefault(device.id(), Map.of()))
                || !owners.containsKey(device.id()) && !hasCounters(device)) {
            return Optional.empty();
        }
        Map<String, Quantity> consumed = Map.of();
        if (device.isForMany()) {
            consumed = Capacities.taken(wish.capacity(), device);
            var amounts = used.computeIfAbsent(device.id(), key -> new HashMap<>());
            consumed.forEach((name, amount) -> amounts.merge(name, amount, Quantity::plus));
        } else {
            chosen.computeIfAbsent(device.id(), key -> new HashSet<>()).add(claim);
        }
        if (owners.merge(device.id(), 1, Integer::sum) == 1) {
            draw(device, false);
        }
        return Optional.of(new Choice(wish, device, consumed));
    }

    /// Whether `device` is had whole by somebody who keeps the `claim`th claim from having it.
    boolean isTaken(int claim, DeviceWish wish, OfferedDevice device) {
        Set<Integer> choosers = chosen.getOrDefault(device.id(), Set.of());
        return wish.isAdmin() ? choosers.contains(claim) : given.contains(device.id()) || !choosers.isEmpty();
    }

    private boolean hasCounters(OfferedDevice device) {
        return Offers.draws(device).entrySet().stream()
                .allMatch(drawn ->
                        left.getOrDefault(drawn.getKey(), BigDecimal.ZERO).compareTo(drawn.getValue()) >= 0);
    }

    /// Undoes a choice of the `claim`th claim; the latest goes first.
    void giveBack(int claim, Choice choice) {
        DeviceId id = choice.device().id();
        if (choice.device().isForMany()) {
            var amounts = used.get(id);
            choice.consumed().forEach((name, amount) -> amounts.merge(name, amount, Quantity::minus));
        } else {
            chosen.get(id).remove(claim);
        }
        if (owners.merge(id, -1, (before, less) -> before == 1 ? null : before + less) == null) {
            draw(choice.device(), true);
        }
    }

    private void draw(OfferedDevice device, boolean back) {
        Offers.draws(device)
                .forEach((counter, amount) -> left.merge(counter, back ? amount : amount.negate(), BigDecimal::add));
    }
}
