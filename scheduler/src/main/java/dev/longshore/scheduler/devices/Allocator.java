package dev.longshore.scheduler.devices;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Chooses devices of one node for claims, all or none, by trying: request after request, device after device, each
/// choice taken back when what follows cannot be fulfilled with it. Costs grow with the number of equal devices to
/// the power of those asked for only where constraints make choices fail late; [#MOST_STEPS] ends a search that
/// gets lost.
final class Allocator {

    /// How many devices one claim can have.
    static final int MOST_DEVICES = 32;

    private static final int MOST_STEPS = 200_000;

    private final DeviceFacts facts;
    private final DeviceSelectors selectors;

    Allocator(DeviceFacts facts, DeviceSelectors selectors) {
        this.facts = facts;
        this.selectors = selectors;
    }

    /// What each of `claims` gets on `node`; empty if not all can have what they ask for.
    Optional<List<AllocationResult>> allocate(List<ResourceClaim> claims, NodeView node) throws DeviceException {
        Offers offers = Offers.of(facts.slices(), node);
        var search = new Search(claims, offers, new Taken(facts.claims(), offers));
        if (!search.claim(0)) {
            return Optional.empty();
        }
        var results = new ArrayList<AllocationResult>();
        for (int i = 0; i < claims.size(); i++) {
            results.add(Allocations.result(claims.get(i), search.chosen.get(i), facts, node.name()));
        }
        return Optional.of(results);
    }

    /// A device for a wish.
    record Choice(DeviceWish wish, OfferedDevice device) {}

    /// One attempt; what is chosen so far is in `chosen`, claim by claim.
    private final class Search {
        private final List<ResourceClaim> claims;
        private final Offers offers;
        private final Taken taken;
        private final List<List<Choice>> chosen = new ArrayList<>();
        private int steps;

        Search(List<ResourceClaim> claims, Offers offers, Taken taken) {
            this.claims = claims;
            this.offers = offers;
            this.taken = taken;
        }

        boolean claim(int index) throws DeviceException {
            if (index == claims.size()) {
                return true;
            }
            chosen.add(new ArrayList<>());
            if (request(index, 0)) {
                return true;
            }
            chosen.removeLast();
            return false;
        }

        private boolean request(int claim, int index) throws DeviceException {
            List<DeviceRequest> requests = claims.get(claim).getSpec().getDevices() == null
                    ? List.of()
                    : claims.get(claim).getSpec().getDevices().getRequests();
            if (index == requests.size()) {
                return claim(claim + 1);
            }
            for (DeviceWish wish : DeviceWish.of(requests.get(index))) {
                List<OfferedDevice> suitable = suitable(claims.get(claim), wish);
                long count = wish.isAll() ? suitable.size() : wish.count();
                boolean isPossible = count > 0
                        && count <= suitable.size()
                        && chosen.get(claim).size() + count <= MOST_DEVICES;
                if (isPossible && devices(claim, index, wish, suitable, 0, (int) count)) {
                    return true;
                }
            }
            return false;
        }

        /// Chooses `left` of `suitable`, from the `from`th on, then goes on with the next request.
        private boolean devices(
                int claim, int request, DeviceWish wish, List<OfferedDevice> suitable, int from, int left)
                throws DeviceException {
            if (left == 0) {
                return request(claim, request + 1);
            }
            for (int i = from; i <= suitable.size() - left; i++) {
                if (++steps > MOST_STEPS) {
                    throw new DeviceException("too many combinations of devices were tried");
                }
                OfferedDevice device = suitable.get(i);
                var choice = new Choice(wish, device);
                boolean isFree = wish.isAdmin() || taken.isFree(device);
                if (isFree && Constraints.allow(claims.get(claim), chosen.get(claim), choice)) {
                    chosen.get(claim).add(choice);
                    if (!wish.isAdmin()) {
                        taken.take(device);
                    }
                    if (devices(claim, request, wish, suitable, i + 1, left - 1)) {
                        return true;
                    }
                    if (!wish.isAdmin()) {
                        taken.giveBack(device);
                    }
                    chosen.get(claim).removeLast();
                }
                if (wish.isAll()) {
                    return false;
                }
            }
            return false;
        }

        private List<OfferedDevice> suitable(ResourceClaim claim, DeviceWish wish) throws DeviceException {
            Optional<DeviceClass> type = facts.deviceClass(wish.deviceClass());
            if (type.isEmpty()) {
                throw new DeviceException(
                        "request %s: device class %s does not exist".formatted(wish.request(), wish.deviceClass()));
            }
            var suitable = new ArrayList<OfferedDevice>();
            for (OfferedDevice device : offers.devices()) {
                if (Taints.tolerates(wish.tolerations(), device)
                        && selectors.choose(type.get().getSpec().getSelectors(), device, "class " + wish.deviceClass())
                        && selectors.choose(
                                wish.selectors(),
                                device,
                                "claim %s: request %s"
                                        .formatted(claim.getMetadata().getName(), wish.name()))) {
                    suitable.add(device);
                }
            }
            if (wish.isAll() && !offers.incomplete().isEmpty()) {
                throw new DeviceException(
                        "claim %s, request %s: asks for all devices, but resource pool %s is currently being updated"
                                .formatted(
                                        claim.getMetadata().getNamespace() + "/"
                                                + claim.getMetadata().getName(),
                                        wish.name(),
                                        offers.incomplete().iterator().next().name()));
            }
            return suitable;
        }
    }

    /// Which devices, and what they share, are in use: by claims that have theirs, and in this attempt.
    private static final class Taken {
        private final Set<DeviceId> devices = new HashSet<>();
        private final java.util.Map<Offers.Shared, java.math.BigDecimal> left;

        Taken(List<ResourceClaim> claims, Offers offers) {
            left = new java.util.HashMap<>(offers.counters());
            claims.stream()
                    .filter(claim -> claim.getStatus() != null
                            && claim.getStatus().getAllocation() != null
                            && claim.getStatus().getAllocation().getDevices() != null)
                    .flatMap(claim -> claim.getStatus().getAllocation().getDevices().getResults().stream())
                    .filter(result -> !Boolean.TRUE.equals(result.getAdminAccess()))
                    .forEach(result -> devices.add(DeviceId.of(result)));
            offers.anywhere().stream()
                    .filter(device -> devices.contains(device.id()))
                    .forEach(device -> draw(device, false));
        }

        boolean isFree(OfferedDevice device) {
            return !devices.contains(device.id())
                    && Offers.draws(device).entrySet().stream()
                            .allMatch(drawn -> left.getOrDefault(drawn.getKey(), java.math.BigDecimal.ZERO)
                                            .compareTo(drawn.getValue())
                                    >= 0);
        }

        void take(OfferedDevice device) {
            devices.add(device.id());
            draw(device, false);
        }

        void giveBack(OfferedDevice device) {
            devices.remove(device.id());
            draw(device, true);
        }

        private void draw(OfferedDevice device, boolean back) {
            Offers.draws(device)
                    .forEach((counter, amount) ->
                            left.merge(counter, back ? amount : amount.negate(), java.math.BigDecimal::add));
        }
    }
}
