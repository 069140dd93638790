package dev.longshore.server;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.server.config.UpOptions;
import java.time.Duration;

/// What an API server is told by its flags.
///
/// @param served which versions are on
/// @param seats how many requests it works on at once, which flow control shares out
/// @param eventLife how long events are kept; zero is for good
record ApiSettings(RuntimeConfig served, int seats, Duration eventLife) {

    /// As without flags.
    static final ApiSettings DEFAULT = of(RuntimeConfig.DEFAULT);

    ApiSettings {
        if (seats < 1) {
            throw new IllegalArgumentException("an API server with " + seats + " seats");
        }
        if (eventLife.isNegative()) {
            throw new IllegalArgumentException("events that live for " + eventLife);
        }
    }

    /// The rest as without flags.
    static ApiSettings of(RuntimeConfig served) {
        return new ApiSettings(served, UpOptions.Inflight.DEFAULT.seats(), KindsContext.EVENT_LIFE);
    }
}
