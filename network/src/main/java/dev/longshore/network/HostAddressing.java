package dev.longshore.network;

import dev.longshore.linux.Links;
import dev.longshore.network.view.Range;
import java.util.ArrayList;
import java.util.List;

/// What this host's own interfaces and routes take.
record HostAddressing(Links links) {

    private static final int USUAL_MTU = 1500;

    /// The ranges that they use, but for those wider than `/widest`, the default route's among them: such a route
    /// forbids nothing, for the more specific one wins.
    List<Range> used(int widest) throws InterruptedException {
        var used = new ArrayList<Range>();
        for (Links.Address address : links.addresses()) {
            used.add(new Range(Range.number(address.address()), address.prefixLength()));
        }
        links.routes().stream()
                .map(Links.Route::destination)
                .filter(destination -> !destination.isEmpty())
                .map(Range::parse)
                .forEach(used::add);
        used.removeIf(range -> range.length() < widest);
        return used;
    }

    /// The largest packet of the host's own way out.
    int usualMtu() throws InterruptedException {
        for (Links.Route route : links.routes()) {
            if (route.destination().equals("default") && route.device().isPresent()) {
                return links.mtuOf(route.device().get()).orElse(USUAL_MTU);
            }
        }
        return USUAL_MTU;
    }
}
