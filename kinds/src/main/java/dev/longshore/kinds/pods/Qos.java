package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The quality of service that a pod's requests and limits of CPU and memory amount to.
public final class Qos {

    private static final List<String> COUNTED = List.of("cpu", "memory");

    private Qos() {}

    /// `Guaranteed`, `Burstable` or `BestEffort`.
    public static String of(ObjectNode spec) {
        var holders = new ArrayList<ObjectNode>();
        if (Trees.has(spec, "resources")) {
            holders.add(spec);
        } else {
            holders.addAll(Trees.list(spec, "containers"));
            holders.addAll(Trees.list(spec, "initContainers"));
        }
        boolean isAsked = false;
        boolean isGuaranteed = true;
        for (ObjectNode holder : holders) {
            for (String resource : COUNTED) {
                Optional<Quantity> request = amount(holder, "requests", resource);
                Optional<Quantity> limit = amount(holder, "limits", resource);
                isAsked |= request.isPresent() || limit.isPresent();
                isGuaranteed &= limit.isPresent() && request.orElse(limit.get()).equals(limit.get());
            }
        }
        if (!isAsked) {
            return "BestEffort";
        }
        return isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static Optional<Quantity> amount(ObjectNode holder, String list, String resource) {
        return Quantity.find(Trees.at(holder, "resources", list, resource).asString(""))
                .filter(quantity -> quantity.signum() > 0);
    }
}
