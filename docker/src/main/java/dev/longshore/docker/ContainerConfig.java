package dev.longshore.docker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a container was created with, complete: the image's part is merged in, defaults are filled in. The trees
/// are what `inspect` shows; nobody changes them.
///
/// @param config the portable part (`Config`)
/// @param host the part about this host (`HostConfig`)
record ContainerConfig(ObjectNode config, ObjectNode host) {

    private static final int USUAL_STOP_SECONDS = 10;

    boolean tty() {
        return config.path("Tty").asBoolean(false);
    }

    boolean openStdin() {
        return config.path("OpenStdin").asBoolean(false);
    }

    boolean stdinOnce() {
        return config.path("StdinOnce").asBoolean(false);
    }

    List<String> entrypoint() {
        return JsonFields.strings(config.path("Entrypoint"));
    }

    List<String> command() {
        return JsonFields.strings(config.path("Cmd"));
    }

    List<String> env() {
        return JsonFields.strings(config.path("Env"));
    }

    Map<String, String> labels() {
        return JsonFields.map(config.path("Labels"));
    }

    String hostname() {
        return config.path("Hostname").asString("");
    }

    /// Whether the client has chosen a name for it; to be asked before one is made up.
    boolean isHostnameSaid() {
        return !hostname().isEmpty();
    }

    String domainname() {
        return config.path("Domainname").asString("");
    }

    String stopSignal() {
        return config.path("StopSignal").asString("");
    }

    /// How long `stop` waits by itself; negative for ever.
    int stopSeconds() {
        return config.path("StopTimeout").asInt(USUAL_STOP_SECONDS);
    }

    String networkMode() {
        return host.path("NetworkMode").asString("bridge");
    }

    /// The container whose network this one shares; empty for none.
    String networkOf() {
        return networkMode().startsWith("container:") ? networkMode().substring("container:".length()) : "";
    }

    boolean isOnHostNetwork() {
        return networkMode().equals("host");
    }

    /// The container whose shared memory this one uses; empty for none.
    String ipcOf() {
        String mode = host.path("IpcMode").asString("");
        return mode.startsWith("container:") ? mode.substring("container:".length()) : "";
    }

    /// The container whose processes this one sees; empty for none.
    String pidOf() {
        String mode = host.path("PidMode").asString("");
        return mode.startsWith("container:") ? mode.substring("container:".length()) : "";
    }

    boolean autoRemove() {
        return host.path("AutoRemove").asBoolean(false);
    }

    boolean privileged() {
        return host.path("Privileged").asBoolean(false);
    }

    RestartPolicy restartPolicy() {
        return RestartPolicy.of(host.path("RestartPolicy"));
    }

    /// Number `name` of the host part; empty when it is 0 or absent.
    OptionalLong number(String name) {
        JsonNode node = host.path(name);
        return node.isNumber() && node.asLong() != 0 ? OptionalLong.of(node.asLong()) : OptionalLong.empty();
    }

    List<String> hostList(String name) {
        return JsonFields.strings(host.path(name));
    }

    ContainerConfig withHost(ObjectNode other) {
        return new ContainerConfig(config, other);
    }

    static Duration nanos(JsonNode node) {
        return Duration.ofNanos(node.asLong(0));
    }
}
