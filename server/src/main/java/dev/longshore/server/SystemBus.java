package dev.longshore.server;

import dev.longshore.linux.dbus.Logind;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which socket is the system's message bus.
final class SystemBus {

    private static final Pattern ADDRESS = Pattern.compile("unix:path=([^,;]+).*");

    private SystemBus() {}

    /// What `DBUS_SYSTEM_BUS_ADDRESS` says, as other clients read it, or the usual one.
    static Path find(Map<String, String> environment) {
        Matcher address = ADDRESS.matcher(environment.getOrDefault("DBUS_SYSTEM_BUS_ADDRESS", ""));
        return address.matches() ? Path.of(address.group(1)) : Logind.SYSTEM_BUS;
    }
}
