package dev.longshore.docker;

import dev.longshore.http.Request;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The version of the engine's API that a request speaks: `1.` and this number.
record ApiVersion(int minor) {

    private static final Pattern VERSIONED = Pattern.compile("/v1\\.([0-9]{1,3})/.*");

    static final ApiVersion NEWEST = new ApiVersion(Integer.parseInt(DockerEngine.API_VERSION.substring(2)));

    /// Of a request without one, the newest.
    static ApiVersion of(Request request) {
        Matcher versioned = VERSIONED.matcher(request.path());
        return versioned.matches() ? new ApiVersion(Integer.parseInt(versioned.group(1))) : NEWEST;
    }

    boolean isBefore(int other) {
        return minor < other;
    }
}
