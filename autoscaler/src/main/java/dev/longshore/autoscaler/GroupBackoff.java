package dev.longshore.autoscaler;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which groups are left alone since they failed to grow, for a time that doubles with each failure.
final class GroupBackoff {

    private record Failing(Duration span, Instant until, Instant last, Instance.Failure why) {}

    private final AutoscalerOptions.Backoff options;
    private final Map<String, Failing> failing = new HashMap<>();

    GroupBackoff(AutoscalerOptions.Backoff options) {
        this.options = options;
    }

    /// `group` failed. Failures while it is left alone anyway do not double the time.
    void failed(String group, Instance.Failure why, Instant now) {
        Duration span = options.first();
        Failing before = failing.get(group);
        if (before != null && before.until.isBefore(now)) {
            Duration doubled = before.span.multipliedBy(2);
            span = doubled.compareTo(options.most()) > 0 ? options.most() : doubled;
        }
        failing.put(group, new Failing(span, now.plus(span), now, why));
    }

    /// `group` has grown.
    void forget(String group) {
        failing.remove(group);
    }

    void forgetOld(Instant now) {
        failing.values()
                .removeIf(entry -> entry.last.plus(options.forgottenAfter()).isBefore(now));
    }

    /// Why `group` is left alone now.
    Optional<Instance.Failure> reason(String group, Instant now) {
        return Optional.ofNullable(failing.get(group))
                .filter(entry -> entry.until.isAfter(now))
                .map(Failing::why);
    }
}
