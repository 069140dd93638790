package dev.longshore.scheduler.framework;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// How much a pod asks for in all: its containers together, or the largest init container if that is more (init
/// containers that keep running count with the others from then on), and its overhead.
final class Requests {

    private static final String CPU = "cpu";
    /// Of which no multiple here overflows.
    private static final int MOST_DIGITS = 9;
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);

    private Requests() {}

    static Map<String, Long> of(PodSpec spec) {
        var running = new HashMap<String, Long>();
        var peak = new HashMap<String, Long>();
        for (Container init : spec.getInitContainers()) {
            Map<String, Long> own = of(init);
            if ("Always".equals(init.getRestartPolicy())) {
                add(running, own);
                raise(peak, running);
            } else {
                var together = new HashMap<>(running);
                add(together, own);
                raise(peak, together);
            }
        }
        spec.getContainers().forEach(container -> add(running, of(container)));
        raise(peak, running);
        if (spec.getOverhead() != null) {
            add(peak, amounts(spec.getOverhead()));
        }
        return Map.copyOf(peak);
    }

    /// Quantities as whole numbers.
    static Map<String, Long> amounts(Map<String, Quantity> quantities) {
        var result = new HashMap<String, Long>();
        if (quantities != null) {
            quantities.forEach((name, quantity) -> result.put(name, amount(name, quantity)));
        }
        return result;
    }

    /// What one container asks for.
    static Map<String, Long> of(Container container) {
        return container.getResources() == null
                ? Map.of()
                : amounts(container.getResources().getRequests());
    }

    private static long amount(String name, Quantity quantity) {
        OptionalLong whole = whole(quantity, name.equals(CPU));
        if (whole.isPresent()) {
            return whole.getAsLong();
        }
        BigDecimal value = quantity.getNumericalAmount();
        return (name.equals(CPU) ? value.multiply(THOUSAND) : value)
                .setScale(0, RoundingMode.CEILING)
                .longValue();
    }

    /// The value of what nearly all quantities look like, without decimal arithmetic: a few digits, and `m` of
    /// a processor or `Ki`, `Mi`, `Gi` of anything else.
    private static OptionalLong whole(Quantity quantity, boolean isCpu) {
        String digits = quantity.getAmount();
        String format = quantity.getFormat() == null ? "" : quantity.getFormat();
        boolean isPlain = digits != null
                && !digits.isEmpty()
                && digits.length() <= MOST_DIGITS
                && digits.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        if (!isPlain) {
            return OptionalLong.empty();
        }
        long value = Long.parseLong(digits);
        return switch (format) {
            case "" -> OptionalLong.of(isCpu ? value * 1000 : value);
            case "m" -> isCpu ? OptionalLong.of(value) : OptionalLong.empty();
            case "Ki" -> isCpu ? OptionalLong.empty() : OptionalLong.of(value << 10);
            case "Mi" -> isCpu ? OptionalLong.empty() : OptionalLong.of(value << 20);
            case "Gi" -> isCpu ? OptionalLong.empty() : OptionalLong.of(value << 30);
            default -> OptionalLong.empty();
        };
    }

    private static void add(Map<String, Long> to, Map<String, Long> more) {
        more.forEach((name, amount) -> to.merge(name, amount, Long::sum));
    }

    private static void raise(Map<String, Long> to, Map<String, Long> least) {
        least.forEach((name, amount) -> to.merge(name, amount, Math::max));
    }
}
