package dev.longshore.server.config;

import io.fabric8.kubernetes.api.model.Taint;
import java.util.regex.Pattern;

/// Taints as flags spell them.
final class Taints {

    private static final Pattern TAINT =
            Pattern.compile("([^=:]+)(?:=([^:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)");

    private Taints() {}

    /// `KEY=VALUE:EFFECT`, or `KEY:EFFECT`.
    ///
    /// @throws IllegalArgumentException when it is something else
    static Taint parse(String text) {
        var matcher = TAINT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "taint \"%s\": write KEY=VALUE:EFFECT, the effect being NoSchedule, PreferNoSchedule or NoExecute"
                            .formatted(text));
        }
        return new Taint(matcher.group(3), matcher.group(1), null, matcher.group(2));
    }
}
