package dev.longshore.apiserver;

import dev.longshore.model.AuditNotes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an audit tells of requests for what is deprecated.
final class Deprecation {

    private static final Pattern REMOVAL = Pattern.compile("unavailable in v([0-9]+\\.[0-9]+)\\+");

    private Deprecation() {}

    /// @param warning what clients are told of it
    static void note(String warning, AuditNotes notes) {
        notes.add("k8s.io/deprecated", "true");
        Matcher removal = REMOVAL.matcher(warning);
        if (removal.find()) {
            notes.add("k8s.io/removed-release", removal.group(1));
        }
    }
}
