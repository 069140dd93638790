package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequest;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One attempt to find devices for claims, all or none, by trying: request after request, device after device, each
/// choice taken back when what follows cannot be fulfilled with it. Costs grow with the number of equal devices to
/// the power of those asked for only where constraints make choices fail late; [#MOST_STEPS] ends a search that
/// gets lost.
final class DeviceSearch {

    /// How many devices one claim can have.
    static final int MOST_DEVICES = 32;

    private static final int MOST_STEPS = 200_000;

    private final List<ResourceClaim> claims;
    private final Offers offers;
    private final Taken taken;
    /// By claim and request, the alternatives.
    private final List<List<List<Candidates>>> wanted = new ArrayList<>();
    private final List<List<Choice>> chosen = new ArrayList<>();
    private int steps;

    /// @throws DeviceException when a claim asks for what nobody can have
    DeviceSearch(List<ResourceClaim> claims, Offers offers, DeviceFacts facts, DeviceSelectors selectors)
            throws DeviceException {
        this.claims = claims;
        this.offers = offers;
        this.taken = new Taken(facts.claims(), offers);
        for (ResourceClaim claim : claims) {
            wanted.add(requests(claim, facts, selectors));
        }
    }

    /// Looks; if it finds, [#chosen] says what.
    boolean finds() throws DeviceException {
        return claim(0);
    }

    /// What was found, claim by claim.
    List<List<Choice>> chosen() {
        return chosen;
    }

    private List<List<Candidates>> requests(ResourceClaim claim, DeviceFacts facts, DeviceSelectors selectors)
            throws DeviceException {
        var requests = new ArrayList<List<Candidates>>();
        long least = 0;
        String name = "";
        for (DeviceRequest request : PodDevices.requests(claim)) {
            var alternatives = new ArrayList<Candidates>();
            for (DeviceWish wish : DeviceWish.of(request)) {
                var type = facts.deviceClass(wish.deviceClass());
                if (type.isEmpty()) {
                    throw new DeviceException(
                            "request %s: device class %s does not exist".formatted(wish.name(), wish.deviceClass()));
                }
                alternatives.add(new Candidates(claim, wish, type.get(), offers, selectors));
            }
            long fewest =
                    alternatives.stream().mapToLong(Candidates::count).min().orElse(0);
            // Together they may be more than any number can say.
            least = fewest > Long.MAX_VALUE - least ? Long.MAX_VALUE : least + fewest;
            name = alternatives.getFirst().name();
            requests.add(alternatives);
        }
        if (least > MOST_DEVICES) {
            throw new DeviceException("claim %s: number of requested devices %d exceeds the claim limit of %d"
                    .formatted(name, least, MOST_DEVICES));
        }
        return requests;
    }

    private boolean claim(int index) throws DeviceException {
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
        if (index == wanted.get(claim).size()) {
            return claim(claim + 1);
        }
        for (Candidates candidates : wanted.get(claim).get(index)) {
            long count = candidates.count();
            if (count > 0 && count <= MOST_DEVICES - chosen.get(claim).size()) {
                boolean found = candidates.wish().isAll()
                        ? all(claim, index, candidates, 0)
                        : some(claim, index, candidates, 0, (int) count);
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Chooses every one from the `from`th on, then goes on with the next request.
    private boolean all(int claim, int request, Candidates candidates, int from) throws DeviceException {
        if (from == candidates.all().size()) {
            return request(claim, request + 1);
        }
        OfferedDevice device = offers.devices().get(candidates.all().get(from));
        Optional<Choice> choice = take(claim, candidates, device);
        if (choice.isEmpty()) {
            return false;
        }
        if (!Constraints.allow(claims.get(claim), chosen.get(claim), choice.get())) {
            throw new DeviceException(
                    "claim %s, request %s: cannot add device %s/%s/%s because a claim constraint would not be satisfied"
                            .formatted(
                                    candidates.name(),
                                    candidates.wish().ownName(),
                                    device.id().driver(),
                                    device.id().pool(),
                                    device.id().device()));
        }
        chosen.get(claim).add(choice.get());
        if (all(claim, request, candidates, from + 1)) {
            return true;
        }
        takeBack(claim, choice.get());
        return false;
    }

    /// Chooses `left` devices, from the `from`th on, then goes on with the next request.
    private boolean some(int claim, int request, Candidates candidates, int from, int left) throws DeviceException {
        if (left == 0) {
            return request(claim, request + 1);
        }
        for (int place = from; place <= offers.devices().size() - left; place++) {
            if (++steps > MOST_STEPS) {
                throw new DeviceException("too many combinations of devices were tried");
            }
            OfferedDevice device = offers.devices().get(place);
            if (taken.isTaken(claim, candidates.wish(), device) || !candidates.suits(place)) {
                continue;
            }
            Optional<Choice> choice = take(claim, candidates, device);
            if (choice.isEmpty()) {
                continue;
            }
            boolean isAllowed = Constraints.allow(claims.get(claim), chosen.get(claim), choice.get());
            chosen.get(claim).add(choice.get());
            if (isAllowed && some(claim, request, candidates, place + 1, left - 1)) {
                return true;
            }
            takeBack(claim, choice.get());
        }
        return false;
    }

    private Optional<Choice> take(int claim, Candidates candidates, OfferedDevice device) {
        return Taints.tolerates(candidates.wish().tolerations(), device)
                ? taken.take(claim, candidates.wish(), device)
                : Optional.empty();
    }

    private void takeBack(int claim, Choice choice) {
        chosen.get(claim).removeLast();
        taken.giveBack(claim, choice);
    }
}
