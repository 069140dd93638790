package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Response;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// `/_ping`, `/version`, `/info`.
final class SystemRoutes {

    private final LocalImages local;
    private final Optional<Engine> engine;
    private final String version;
    private final Time time;

    SystemRoutes(LocalImages local, Optional<Engine> engine, String version, Time time) {
        this.local = local;
        this.engine = engine;
        this.version = version;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/_ping", (request, name) -> ping());
        routes.add("HEAD", "/_ping", (request, name) -> ping());
        routes.add("GET", "/version", (request, name) -> version());
        routes.add("GET", "/info", (request, name) -> info());
    }

    private static Response ping() {
        return new Response.Full(
                200,
                Headers.of(
                        "Content-Type", "text/plain; charset=utf-8",
                        "Builder-Version", "1",
                        "Swarm", "inactive",
                        "Cache-Control", "no-cache, no-store, must-revalidate"),
                "OK".getBytes(StandardCharsets.UTF_8));
    }

    private Response version() throws IOException {
        ObjectNode tree = Json.object();
        tree.putObject("Platform").put("Name", "Longshore");
        ObjectNode engine = tree.putArray("Components").addObject();
        engine.put("Name", "Engine").put("Version", version);
        engine.putObject("Details")
                .put("ApiVersion", DockerEngine.API_VERSION)
                .put("MinAPIVersion", DockerEngine.OLDEST_API_VERSION)
                .put("Arch", local.images().platform().architecture())
                .put("Os", "linux")
                .put("KernelVersion", kernel())
                .put("Experimental", "false")
                .put("GitCommit", "")
                .put("GoVersion", "none (Java)")
                .put("BuildTime", "");
        tree.put("Version", version)
                .put("ApiVersion", DockerEngine.API_VERSION)
                .put("MinAPIVersion", DockerEngine.OLDEST_API_VERSION)
                .put("GitCommit", "")
                .put("GoVersion", "none (Java)")
                .put("Os", "linux")
                .put("Arch", local.images().platform().architecture())
                .put("KernelVersion", kernel())
                .put("BuildTime", "");
        return Response.json(200, Json.bytes(tree));
    }

    private Response info() throws IOException {
        ObjectNode tree = Json.object()
                .put("ID", "longshore")
                .put("Containers", count(state -> true))
                .put("ContainersRunning", count(RunState::hasProcesses))
                .put("ContainersPaused", count(state -> state.status() == RunState.Status.PAUSED))
                .put("ContainersStopped", count(state -> !state.hasProcesses()))
                .put("Images", local.images().list().size())
                .put("Driver", "overlay2")
                .put("MemoryLimit", true)
                .put("SwapLimit", false)
                .put("CpuCfsPeriod", true)
                .put("CpuCfsQuota", true)
                .put("CPUShares", true)
                .put("PidsLimit", true)
                .put("IPv4Forwarding", true)
                .put("SystemTime", time.now().toString())
                .put("LoggingDriver", "json-file")
                .put("CgroupDriver", "cgroupfs")
                .put("KernelVersion", kernel())
                .put("OperatingSystem", "Longshore")
                .put("OSType", "linux")
                .put("Architecture", local.images().platform().architecture().equals("amd64") ? "x86_64" : "aarch64")
                .put("NCPU", Runtime.getRuntime().availableProcessors())
                .put("MemTotal", memory())
                .put("DockerRootDir", local.layout().root().toString())
                .put("IndexServerAddress", "https://index.docker.io/v1/")
                .put("Name", hostName())
                .put("ServerVersion", version)
                .put("DefaultRuntime", "crun")
                .put("LiveRestoreEnabled", true);
        tree.putArray("Warnings");
        tree.putArray("SecurityOptions").add("name=seccomp,profile=builtin");
        ObjectNode registries = tree.putObject("RegistryConfig");
        registries.putArray("InsecureRegistryCIDRs").add("127.0.0.0/8");
        registries.putObject("IndexConfigs");
        tree.putObject("Swarm").put("LocalNodeState", "inactive");
        ObjectNode plugins = tree.putObject("Plugins");
        plugins.putArray("Volume").add("local");
        plugins.putArray("Network").add("bridge").add("host").add("null");
        plugins.putArray("Log").add("json-file");
        plugins.putNull("Authorization");
        return Response.json(200, Json.bytes(tree));
    }

    private long count(Predicate<RunState> wanted) {
        return engine.stream()
                .flatMap(running -> running.containers().list().stream())
                .map(EngineContainer::state)
                .filter(wanted)
                .count();
    }

    private static String kernel() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
    }

    private static String hostName() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    }

    private static long memory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
            }
        }
        return 0;
    }
}
