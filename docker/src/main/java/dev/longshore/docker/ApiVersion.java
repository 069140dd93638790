package dev.longshore.docker;

import dev.longshore.http.Request;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of the engine's API that a request speaks: `1.` and this number.
record ApiVersion(int minor) {

    private static final Pattern VERSIONED = Pattern.compile("/v1\\.([0-9]{1,3})/.*");

    /// Of a request without one, the newest.
    static ApiVersion of(Request request) {
        Matcher versioned = VERSIONED.matcher(request.path());
        return new ApiVersion(
                versioned.matches()
                        ? Integer.parseInt(versioned.group(1))
                        : Integer.parseInt(DockerEngine.API_VERSION.substring(2)));
    }

    boolean isBefore(int other) {
        return minor < other;
    }
}
