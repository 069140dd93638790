package dev.longshore.kinds.podsecurity.controls;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The release of Kubernetes whose standards hold: `v1.MINOR`, or `latest`, which is newer than any.
public record PolicyVersion(long minor) implements Comparable<PolicyVersion> {

    /// Whatever is newest.
    public static final PolicyVersion LATEST = new PolicyVersion(Long.MAX_VALUE);

    private static final Pattern FORM = Pattern.compile("v1\\.(0|[1-9][0-9]{0,17})");

    public PolicyVersion {
        if (minor < 0) {
            throw new IllegalArgumentException("v1." + minor);
        }
    }

    /// The version that `text` names; empty if it names none.
    public static Optional<PolicyVersion> of(String text) {
        if (text.equals("latest")) {
            return Optional.of(LATEST);
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new PolicyVersion(Long.parseLong(matcher.group(1))));
    }

    /// True of [#LATEST] alone.
    public boolean isLatest() {
        return equals(LATEST);
    }

    @Override
    public int compareTo(PolicyVersion other) {
        return Long.compare(minor, other.minor);
    }

    /// As labels have it.
    @Override
    public String toString() {
        return isLatest() ? "latest" : "v1." + minor;
    }
}
