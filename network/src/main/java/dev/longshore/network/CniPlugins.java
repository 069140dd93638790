package dev.longshore.network;

import dev.longshore.base.Json;
import dev.longshore.linux.Commands;
import dev.longshore.linux.Commands.Command;
import dev.longshore.network.view.Range;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls CNI plugins: `loopback`, and `bridge` with `host-local` addresses, as the CNI specification 1.0.0
/// says: parameters in the environment, the configuration on standard input, the result on standard output.
final class CniPlugins {

    private static final String VERSION = "1.0.0";
    private static final String INTERFACE = "eth0";

    private final Path plugins;
    private final Path addresses;
    private final String bridge;
    private final int mtu;
    private final Commands commands;

    /// With the plugins in the directory `plugins` and the addresses given out kept in `addresses`.
    CniPlugins(Path plugins, Path addresses, String bridge, int mtu, Commands commands) {
        this.plugins = plugins;
        this.addresses = addresses;
        this.bridge = bridge;
        this.mtu = mtu;
        this.commands = commands;
    }

    /// Puts an interface into the namespace and returns its IPv4 addresses.
    List<String> add(String sandbox, Path namespace, Range pods) throws InterruptedException {
        call("loopback", "ADD", sandbox, namespace.toString(), "lo", configuration("loopback"));
        JsonNode result = call("bridge", "ADD", sandbox, namespace.toString(), INTERFACE, bridge(pods));
        var all = new ArrayList<String>();
        for (JsonNode address : result.path("ips")) {
            String text = address.path("address").asString("");
            all.add(text.substring(0, text.indexOf('/')));
        }
        if (all.isEmpty()) {
            throw new RuntimeFaultException(Kind.FAILED, "the bridge plugin returned no address");
        }
        return all;
    }

    /// Takes the interface away and gives its address back; harmless when they are gone.
    void delete(String sandbox, Path namespace, Range pods) throws InterruptedException {
        call("bridge", "DEL", sandbox, isEmptyPin(namespace) ? "" : namespace.toString(), INTERFACE, bridge(pods));
    }

    /// True of a file on which no namespace is mounted, as a stop leaves it that was cut short. The plugin would take
    /// it for a namespace, and fail for ever; its interface has gone with the namespace.
    private static boolean isEmptyPin(Path pin) {
        try {
            return Files.getAttribute(pin, "unix:dev").equals(Files.getAttribute(pin.getParent(), "unix:dev"));
        } catch (IOException absent) {
            return false;
        }
    }

    /// The same for a runtime that calls the plugins itself.
    String list(Range pods) {
        ObjectNode plugin = bridge(pods);
        plugin.remove("cniVersion");
        plugin.remove("name");
        ObjectNode list = Json.object().put("cniVersion", VERSION).put("name", bridge);
        list.putArray("plugins").add(plugin);
        return new String(Json.prettyBytes(list), StandardCharsets.UTF_8);
    }

    private JsonNode call(
            String plugin, String verb, String sandbox, String namespace, String device, ObjectNode configuration)
            throws InterruptedException {
        var command = Command.of(plugins.resolve(plugin).toString())
                .withInput(configuration.toString())
                .withEnvironment(Map.of(
                        "CNI_COMMAND", verb,
                        "CNI_CONTAINERID", sandbox,
                        "CNI_NETNS", namespace,
                        "CNI_IFNAME", device,
                        "CNI_PATH", plugins.toString()));
        Commands.Result result = commands.run(command);
        if (result.exitCode() != 0) {
            throw new RuntimeFaultException(
                    Kind.FAILED, "plugin type=\"%s\" failed (%s): %s".formatted(plugin, verb, complaint(result)));
        }
        return result.out().isBlank() ? Json.object() : Json.parse(result.out());
    }

    /// Plugins complain in JSON on standard output; one that dies leaves words on the other stream.
    private static String complaint(Commands.Result result) {
        try {
            return Json.parse(result.out()).path("msg").asString(result.err());
        } catch (Json.MalformedException notJson) {
            return (result.err() + result.out()).strip();
        }
    }

    private ObjectNode bridge(Range pods) {
        ObjectNode configuration = configuration("bridge");
        configuration
                .put("bridge", bridge)
                .put("isGateway", true)
                .put("hairpinMode", true)
                .put("mtu", mtu);
        ObjectNode addressing = configuration.putObject("ipam");
        addressing.put("type", "host-local").put("dataDir", addresses.toString());
        addressing.putArray("ranges").addArray().addObject().put("subnet", pods.toString());
        addressing.putArray("routes").addObject().put("dst", "0.0.0.0/0");
        return configuration;
    }

    private ObjectNode configuration(String type) {
        return Json.object().put("cniVersion", VERSION).put("name", bridge).put("type", type);
    }
}
