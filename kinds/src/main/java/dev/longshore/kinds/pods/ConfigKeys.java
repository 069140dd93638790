package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import java.util.regex.Pattern;

/// What keys of ConfigMaps and Secrets look like.
public final class ConfigKeys {

    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final int MAX_LENGTH = 253;
    private static final String MESSAGE = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
            + " (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    private ConfigKeys() {}

    /// Checks one key.
    public static void check(Checks checks, String path, String key) {
        if (key.length() > MAX_LENGTH) {
            checks.invalid(path, key, "must be no more than 253 bytes");
        }
        if (!KEY.matcher(key).matches()) {
            checks.invalid(path, key, MESSAGE);
        }
        if (key.equals(".")) {
            checks.invalid(path, key, "must not be '.'");
        } else if (key.equals("..")) {
            checks.invalid(path, key, "must not be '..'");
        } else if (key.startsWith("..")) {
            checks.invalid(path, key, "must not start with '..'");
        }
    }
}
