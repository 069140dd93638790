package dev.longshore.server.config;

import dev.longshore.base.GoDurations;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A group of nodes that only pretend to run containers, for the cluster autoscaler.
///
/// @param name begins the names of its nodes
/// @param initial how many there are at first
/// @param size what each offers
/// @param pods how many pods each takes
/// @param startDelay how long a node takes to come up
/// @param shortage what asking for nodes is answered with, to try what a cloud without capacity does; empty for none
public record HollowGroup(
        String name,
        int min,
        int max,
        int initial,
        Map<String, Quantity> size,
        int pods,
        Map<String, String> labels,
        List<Taint> taints,
        Duration startDelay,
        Optional<String> shortage) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?");
    private static final List<String> KEYS = List.of(
            "name",
            "min",
            "max",
            "initial",
            "cpu",
            "memory",
            "ephemeral-storage",
            "pods",
            "label",
            "taint",
            "start-delay",
            "shortage");

    /// @throws IllegalArgumentException when it makes no sense
    public HollowGroup {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name \"%s\": write lower-case letters, digits and dashes, at most 42".formatted(name));
        }
        if (min < 0 || max < Math.max(min, 1)) {
            throw new IllegalArgumentException(
                    "group %s: from min %d to max %d there is no node".formatted(name, min, max));
        }
        if (initial < min || initial > max) {
            throw new IllegalArgumentException(
                    "group %s: initial %d is not between min %d and max %d".formatted(name, initial, min, max));
        }
        size = Map.copyOf(size);
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /// From `name=workers,min=1,max=4,cpu=2,memory=4Gi,label=pool=a,taint=dedicated=gpu:NoSchedule`; `label` and
    /// `taint` may come several times.
    ///
    /// @throws IllegalArgumentException when it makes no sense; one line that says what to write
    public static HollowGroup parse(String text) {
        var values = new LinkedHashMap<String, List<String>>();
        for (String part : text.split(",")) {
            int split = part.indexOf('=');
            if (split <= 0) {
                throw new IllegalArgumentException(
                        "\"%s\": write KEY=VALUE, as name=workers,min=1,max=4,cpu=2,memory=4Gi"
                                .formatted(part.strip()));
            }
            values.computeIfAbsent(part.substring(0, split).strip(), absent -> new ArrayList<>())
                    .add(part.substring(split + 1).strip());
        }
        return of(values);
    }

    /// From values by key, each of them a list.
    ///
    /// @throws IllegalArgumentException when a key is unknown or a value makes no sense
    static HollowGroup of(Map<String, List<String>> values) {
        for (String key : values.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "unknown key \"%s\"; known are %s".formatted(key, String.join(", ", KEYS)));
            }
            if (values.get(key).size() > 1 && !key.equals("label") && !key.equals("taint")) {
                throw new IllegalArgumentException(key + " may be given once only");
            }
        }
        String name = one(values, "name")
                .orElseThrow(() -> new IllegalArgumentException("a group needs a name: name=workers"));
        int min = number(values, "min").orElse(0);
        int max = number(values, "max")
                .orElseThrow(() -> new IllegalArgumentException("group %s needs a max: max=4".formatted(name)));
        var labels = new LinkedHashMap<String, String>();
        values.getOrDefault("label", List.of()).forEach(label -> {
            int split = label.indexOf('=');
            labels.put(split < 0 ? label : label.substring(0, split), split < 0 ? "" : label.substring(split + 1));
        });
        return new HollowGroup(
                name,
                min,
                max,
                number(values, "initial").orElse(min),
                Map.of(
                        "cpu", quantity(values, "cpu", "2"),
                        "memory", quantity(values, "memory", "4Gi"),
                        "ephemeral-storage", quantity(values, "ephemeral-storage", "20Gi")),
                number(values, "pods").orElse(110),
                labels,
                values.getOrDefault("taint", List.of()).stream()
                        .map(Taints::parse)
                        .toList(),
                delay(values),
                one(values, "shortage"));
    }

    private static Optional<String> one(Map<String, List<String>> values, String key) {
        return values.getOrDefault(key, List.of()).stream().findFirst();
    }

    private static Optional<Integer> number(Map<String, List<String>> values, String key) {
        return one(values, key).map(text -> {
            if (!text.matches("[0-9]{1,6}")) {
                throw new IllegalArgumentException("%s: \"%s\" is no number".formatted(key, text));
            }
            return Integer.valueOf(text);
        });
    }

    private static Quantity quantity(Map<String, List<String>> values, String key, String usual) {
        String text = one(values, key).orElse(usual);
        try {
            var quantity = new Quantity(text);
            if (quantity.getNumericalAmount().signum() <= 0) {
                throw new IllegalArgumentException("not more than zero");
            }
            return quantity;
        } catch (IllegalArgumentException noQuantity) {
            throw new IllegalArgumentException(
                    "%s: \"%s\" is no quantity: write 2, 500m or 4Gi".formatted(key, text), noQuantity);
        }
    }

    private static Duration delay(Map<String, List<String>> values) {
        String text = one(values, "start-delay").orElse("0");
        try {
            Duration delay = GoDurations.parse(text);
            if (delay.isNegative()) {
                throw new IllegalArgumentException("negative");
            }
            return delay;
        } catch (IllegalArgumentException noDuration) {
            throw new IllegalArgumentException(
                    "start-delay: \"%s\" is no duration: write 5s or 1m30s".formatted(text), noDuration);
        }
    }
}
