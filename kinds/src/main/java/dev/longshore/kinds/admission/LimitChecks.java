package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// Compares amounts with the items of one LimitRange, and collects what is against them. For one thread.
final class LimitChecks {

    private final List<String> faults = new ArrayList<>();

    /// All that was found, each thing once; empty if nothing was.
    Optional<String> refusal() {
        List<String> all = faults.stream().distinct().toList();
        return switch (all.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(all.getFirst());
            default -> Optional.of("[" + String.join(", ", all) + "]");
        };
    }

    /// @param item of type Container or Pod
    void check(ObjectNode item, Map<String, Quantity> requests, Map<String, Quantity> limits) {
        String type = Trees.text(item, "type");
        amounts(item, "min").forEach((name, least) -> least(type, name, least, requests.get(name), limits.get(name)));
        amounts(item, "max").forEach((name, most) -> most(type, name, most, requests.get(name), limits.get(name)));
        amounts(item, "maxLimitRequestRatio")
                .forEach((name, most) -> ratio(type, name, most, requests.get(name), limits.get(name)));
    }

    /// Of claims only the requests count.
    void checkClaim(ObjectNode item, Map<String, Quantity> requests) {
        String type = Trees.text(item, "type");
        amounts(item, "min").forEach((name, least) -> least(type, name, least, requests.get(name), null));
        amounts(item, "max").forEach((name, most) -> {
            Quantity request = requests.get(name);
            String rule = "maximum %s usage per %s is %s".formatted(name, type, most);
            if (request == null) {
                faults.add(rule + ".  No request is specified");
            } else if (request.compareTo(most) > 0) {
                faults.add(rule + ", but request is " + request);
            }
        });
    }

    private static Map<String, Quantity> amounts(ObjectNode item, String list) {
        return new TreeMap<>(PodAmounts.of(item.path(list)));
    }

    private void least(String type, String name, Quantity least, Quantity request, Quantity limit) {
        String rule = "minimum %s usage per %s is %s".formatted(name, type, least);
        if (request == null) {
            faults.add(rule + ".  No request is specified");
        } else if (request.compareTo(least) < 0) {
            faults.add(rule + ", but request is " + request);
        } else if (limit != null && limit.compareTo(least) < 0) {
            faults.add(rule + ", but limit is " + limit);
        }
    }

    private void most(String type, String name, Quantity most, Quantity request, Quantity limit) {
        String rule = "maximum %s usage per %s is %s".formatted(name, type, most);
        if (limit == null) {
            faults.add(rule + ".  No limit is specified");
        } else if (limit.compareTo(most) > 0) {
            faults.add(rule + ", but limit is " + limit);
        } else if (request != null && request.compareTo(most) > 0) {
            faults.add(rule + ", but request is " + request);
        }
    }

    private void ratio(String type, String name, Quantity most, Quantity request, Quantity limit) {
        String rule = "%s max limit to request ratio per %s is %s".formatted(name, type, most);
        if (request == null || request.signum() == 0) {
            faults.add(rule + ", but no request is specified or request is 0");
        } else if (limit == null || limit.signum() == 0) {
            faults.add(rule + ", but no limit is specified or limit is 0");
        } else {
            BigDecimal actual = limit.decimal().divide(request.decimal(), MathContext.DECIMAL64);
            if (actual.compareTo(most.decimal()) > 0) {
                faults.add(rule + ", but provided ratio is %f".formatted(actual.doubleValue()));
            }
        }
    }
}
