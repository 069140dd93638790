package dev.longshore.server;

import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.server.config.UpOptions;

/// What an API server is told by its flags.
///
/// @param served which versions are on
/// @param seats how many requests it works on at once, which flow control shares out
record ApiSettings(RuntimeConfig served, int seats) {

    /// As without flags.
    static final ApiSettings DEFAULT = of(RuntimeConfig.DEFAULT);

    ApiSettings {
        if (seats < 1) {
            throw new IllegalArgumentException("an API server with " + seats + " seats");
        }
    }

    /// With as many seats as without flags.
    static ApiSettings of(RuntimeConfig served) {
        return new ApiSettings(served, UpOptions.Inflight.DEFAULT.seats());
    }
}
