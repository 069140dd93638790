package dev.longshore.runtime.cdi;

import java.util.Optional;
import java.util.regex.Pattern;

/// `vendor/class=name`, or `vendor/class` alone.
///
/// @param kind `vendor/class`
/// @param name empty if there is none
record DeviceName(String kind, String name) {

    private static final Pattern PART = Pattern.compile("[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    static DeviceName of(String text) {
        int equals = text.indexOf('=');
        return equals < 0
                ? new DeviceName(text, "")
                : new DeviceName(text.substring(0, equals), text.substring(equals + 1));
    }

    /// Why `kind` is none; empty if it is one.
    static Optional<String> wrongKind(String kind) {
        int slash = kind.indexOf('/');
        if (slash <= 0 || slash == kind.length() - 1) {
            return Optional.of("want VENDOR/CLASS");
        }
        String vendor = kind.substring(0, slash);
        String group = kind.substring(slash + 1);
        if (!PART.matcher(vendor).matches()) {
            return Optional.of("invalid vendor \"" + vendor + "\"");
        }
        return PART.matcher(group).matches() ? Optional.empty() : Optional.of("invalid class \"" + group + "\"");
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    @Override
    public String toString() {
        return name.isEmpty() ? kind : kind + "=" + name;
    }
}
