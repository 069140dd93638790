package dev.longshore.docker;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The environment that a link to another container brings: `DB_PORT=tcp://172.17.0.2:5432` and its like.
final class LinkVariables {

    private static final Set<String> OWN = Set.of("HOME", "PATH", "HOSTNAME", "TERM");

    private LinkVariables() {}

    /// Those of `child`, to which `other` is known by `alias`.
    static Map<String, String> of(String alias, EngineContainer child, EngineContainer other) {
        var all = new LinkedHashMap<String, String>();
        String prefix = alias.replace('-', '_').toUpperCase(Locale.ROOT);
        String address = other.endpoints().values().stream()
                .map(Endpoint::address)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        List<Ports.Target> ports = new TreeSet<>(
                        other.config().config().path("ExposedPorts").propertyNames())
                .stream().map(Ports.Target::parse).toList();
        if (!ports.isEmpty()) {
            all.put(prefix + "_PORT", url(ports.getFirst(), address));
        }
        for (Ports.Target port : ports) {
            String name =
                    prefix + "_PORT_" + port.port() + "_" + port.protocol().toUpperCase(Locale.ROOT);
            all.put(name, url(port, address));
            all.put(name + "_ADDR", address);
            all.put(name + "_PORT", String.valueOf(port.port()));
            all.put(name + "_PROTO", port.protocol());
        }
        all.put(prefix + "_NAME", "/" + child.name() + "/" + alias);
        for (String entry : other.config().env()) {
            int equals = entry.indexOf('=');
            if (equals > 0 && !OWN.contains(entry.substring(0, equals))) {
                all.put(prefix + "_ENV_" + entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return all;
    }

    private static String url(Ports.Target port, String address) {
        return port.protocol() + "://" + address + ":" + port.port();
    }
}
