package dev.longshore.builder.stage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Which devices the steps of a build may use, as BuildKit's entitlement `device` says: `device` for all,
/// `device=NAME` for one, `device=NAME,alias=OTHER` for one that Dockerfiles call another name. Immutable.
///
/// @param byName what each granted name stands for: itself, if it is empty
public record DeviceGrants(boolean all, Map<String, String> byName) {

    /// None but those that every build may use.
    public static final DeviceGrants NONE = new DeviceGrants(false, Map.of());

    private static final String ALIAS = "alias=";

    public DeviceGrants {
        byName = Map.copyOf(byName);
    }

    /// True if `right` is one of these.
    public static boolean isOne(String right) {
        return right.equals("device") || right.startsWith("device=");
    }

    /// These and what `right` says.
    ///
    /// @throws IllegalArgumentException with the reason, when it says nothing
    public DeviceGrants and(String right) {
        String rest = right.substring(Math.min(right.length(), "device=".length()));
        if (rest.isEmpty()) {
            return new DeviceGrants(true, byName);
        }
        String[] fields = rest.split(",", -1);
        Optional<String> alias = Optional.empty();
        for (int i = 1; i < fields.length; i++) {
            if (fields[i].indexOf('=') < 0) {
                throw new IllegalArgumentException("invalid device config \"" + fields[i] + "\"");
            }
            if (!fields[i].startsWith(ALIAS)) {
                throw new IllegalArgumentException("unknown device config key \""
                        + fields[i].substring(0, fields[i].indexOf('=')) + "\": there is alias");
            }
            alias = Optional.of(fields[i].substring(ALIAS.length())).filter(name -> !name.isEmpty());
        }
        var more = new LinkedHashMap<>(byName);
        if (alias.isPresent()) {
            more.put(alias.get(), fields[0]);
        } else {
            more.put(fields[0], "");
        }
        return new DeviceGrants(all, more);
    }
}
