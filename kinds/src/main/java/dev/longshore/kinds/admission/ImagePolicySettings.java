package dev.longshore.kinds.admission;

import dev.longshore.base.GoDurations;
import dev.longshore.kinds.kit.Trees;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// How [ImagePolicyWebhook] is configured.
///
/// @param kubeconfig says where the back end is
/// @param allowed how long a yes is good; zero: for this question only
/// @param denied how long a no is good
/// @param pause before the second try of a call
/// @param isOpen whether images are let in when the back end says nothing
record ImagePolicySettings(String kubeconfig, Duration allowed, Duration denied, Duration pause, boolean isOpen) {

    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /// What an `imagePolicy` says.
    ///
    /// @throws IllegalArgumentException if there is none, or it says what cannot be
    static ImagePolicySettings read(JsonNode configuration) {
        if (configuration.isMissingNode()) {
            throw new IllegalArgumentException("no config specified");
        }
        JsonNode policy = configuration.path("imagePolicy");
        if (Trees.text(policy, "kubeConfigFile").isEmpty()) {
            throw new IllegalArgumentException("invalid configuration: no kubeConfigFile has been provided");
        }
        Duration pause =
                limited(policy, "retryBackoff", Duration.ofMillis(1), Duration.ofNanos(1), Duration.ofMinutes(5));
        Duration allowed = limited(policy, "allowTTL", SECOND, SECOND, HALF_AN_HOUR);
        Duration denied = limited(policy, "denyTTL", SECOND, SECOND, HALF_AN_HOUR);
        return new ImagePolicySettings(
                Trees.text(policy, "kubeConfigFile"), allowed, denied, pause, Trees.flag(policy, "defaultAllow"));
    }

    /// A number of `unit`s; -1 stands for none at all.
    private static Duration limited(JsonNode policy, String field, Duration unit, Duration least, Duration most) {
        long number = Trees.number(policy, 0, field);
        if (number == -1) {
            return Duration.ZERO;
        }
        if (number == 0) {
            return usual(field);
        }
        Duration value = unit.multipliedBy(number);
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("valid value is between %s and %s, got %s"
                    .formatted(GoDurations.print(least), GoDurations.print(most), GoDurations.print(value)));
        }
        return value;
    }

    private static Duration usual(String field) {
        return switch (field) {
            case "allowTTL" -> Duration.ofMinutes(5);
            case "denyTTL" -> Duration.ofSeconds(30);
            default -> Duration.ofMillis(500);
        };
    }
}
