package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.List;

/// The devices that suit a wish. Each is looked at once, and only when its turn comes: an expression that fails on a
/// device which nobody needs harms nobody. Not thread-safe.
final class Candidates {

    private final ResourceClaim claim;
    private final DeviceWish wish;
    private final DeviceClass type;
    private final List<OfferedDevice> devices;
    private final DeviceSelectors selectors;
    private final Boolean[] suits;
    private final List<Integer> all;

    /// @throws DeviceException when all devices are wanted and nobody can tell which these are
    Candidates(ResourceClaim claim, DeviceWish wish, DeviceClass type, Offers offers, DeviceSelectors selectors)
            throws DeviceException {
        this.claim = claim;
        this.wish = wish;
        this.type = type;
        this.devices = offers.devices();
        this.selectors = selectors;
        this.suits = new Boolean[devices.size()];
        this.all = wish.isAll() ? all(offers) : List.of();
    }

    DeviceWish wish() {
        return wish;
    }

    /// How many devices the wish is for.
    long count() {
        return wish.isAll() ? all.size() : wish.count();
    }

    /// The places of those of which all are wanted.
    List<Integer> all() {
        return all;
    }

    /// Whether the device at `place` of those offered is what is wanted.
    boolean suits(int place) throws DeviceException {
        if (suits[place] == null) {
            OfferedDevice device = devices.get(place);
            suits[place] = selectors.choose(type.getSpec().getSelectors(), device, "class " + wish.deviceClass())
                    && selectors.choose(wish.selectors(), device, "claim " + name());
        }
        return suits[place];
    }

    /// For people: whose wish it is.
    String name() {
        return claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName();
    }

    private List<Integer> all(Offers offers) throws DeviceException {
        for (Offers.Pool pool : offers.incomplete()) {
            throw unknown(pool, "is currently being updated");
        }
        for (Offers.Pool pool : offers.invalid()) {
            throw unknown(pool, "is currently invalid");
        }
        var places = new ArrayList<Integer>();
        for (int place = 0; place < devices.size(); place++) {
            if (suits(place) && Capacities.fit(wish.capacity(), devices.get(place), java.util.Map.of())) {
                places.add(place);
            }
        }
        return List.copyOf(places);
    }

    private DeviceException unknown(Offers.Pool pool, String why) {
        return new DeviceException("claim %s, request %s: asks for all devices, but resource pool %s/%s %s"
                .formatted(name(), wish.ownName(), pool.driver(), pool.name(), why));
    }
}
