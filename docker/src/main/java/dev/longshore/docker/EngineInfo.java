package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// What `docker info` shows: this engine, and what this host can do for containers.
record EngineInfo(LocalImages local, Optional<Engine> engine, HostAbilities host, String version, Time time) {

    private static final int BRIDGE_FILTER_UNTIL = 49;
    private static final int FIREWALL_SINCE = 49;
    private static final int DEVICES_SINCE = 50;

    ObjectNode shown(ApiVersion asked) throws IOException {
        ObjectNode tree = Json.object().put("ID", id());
        counts(tree);
        tree.put("Driver", "overlay2");
        var driver = tree.putArray("DriverStatus");
        driver.addArray().add("Backing Filesystem").add(fileSystem());
        driver.addArray().add("Supports d_type").add("true");
        driver.addArray().add("Using metacopy").add("false");
        driver.addArray().add("Native Overlay Diff").add("true");
        plugins(tree.putObject("Plugins"));
        abilities(tree, asked);
        tree.put("Debug", false)
                .put("NFd", descriptors())
                .put("OomKillDisable", host.sparesFromKilling())
                .put("NGoroutines", Thread.activeCount())
                .put("SystemTime", time.now().toString())
                .put("LoggingDriver", "json-file")
                .put("CgroupDriver", "cgroupfs")
                .put("CgroupVersion", host.isUnified() ? "2" : "1")
                .put(
                        "NEventsListener",
                        engine.map(running -> running.all().listeners()).orElse(0));
        machine(tree);
        tree.put("IndexServerAddress", "https://index.docker.io/v1/");
        ObjectNode registries = tree.putObject("RegistryConfig");
        registries.putArray("InsecureRegistryCIDRs").add("::1/128").add("127.0.0.0/8");
        registries
                .putObject("IndexConfigs")
                .putObject("docker.io")
                .put("Name", "docker.io")
                .put("Secure", true)
                .put("Official", true)
                .putArray("Mirrors");
        registries.putArray("Mirrors");
        runtimes(tree);
        tree.putObject("Swarm")
                .put("NodeID", "")
                .put("NodeAddr", "")
                .put("LocalNodeState", "inactive")
                .put("ControlAvailable", false)
                .put("Error", "")
                .putNull("RemoteManagers");
        tree.putArray("SecurityOptions").add("name=seccomp,profile=builtin");
        if (!asked.isBefore(FIREWALL_SINCE)) {
            tree.putObject("FirewallBackend").put("Driver", "nftables");
        }
        if (!asked.isBefore(DEVICES_SINCE)) {
            tree.putNull("DiscoveredDevices");
        }
        JsonFields.put(tree.putArray("Warnings"), warnings());
        return tree;
    }

    private String id() throws IOException {
        return engine.isPresent() ? engine.get().id() : "longshore";
    }

    private void counts(ObjectNode tree) throws IOException {
        tree.put("Containers", count(state -> true))
                .put("ContainersRunning", count(state -> state.status() == RunState.Status.RUNNING))
                .put("ContainersPaused", count(state -> state.status() == RunState.Status.PAUSED))
                .put("ContainersStopped", count(state -> !state.hasProcesses()))
                .put("Images", local.images().list().size());
    }

    private long count(Predicate<RunState> wanted) {
        return engine.stream()
                .flatMap(running -> running.containers().list().stream())
                .map(EngineContainer::state)
                .filter(wanted)
                .count();
    }

    private static void plugins(ObjectNode plugins) {
        plugins.putArray("Volume").add("local");
        plugins.putArray("Network").add("bridge").add("host").add("null");
        plugins.putNull("Authorization");
        plugins.putArray("Log").add("json-file").add("local");
    }

    private void abilities(ObjectNode tree, ApiVersion asked) throws IOException {
        tree.put("MemoryLimit", true)
                .put("SwapLimit", host.countsSwap())
                .put("CpuCfsPeriod", true)
                .put("CpuCfsQuota", true)
                .put("CPUShares", true)
                .put("CPUSet", true)
                .put("PidsLimit", true)
                .put("IPv4Forwarding", host.forwards());
        if (asked.isBefore(BRIDGE_FILTER_UNTIL)) {
            tree.put("BridgeNfIptables", true).put("BridgeNfIp6tables", true);
        }
    }

    private void machine(ObjectNode tree) throws IOException {
        String architecture = local.images().platform().architecture();
        tree.put("KernelVersion", host.kernel())
                .put("OperatingSystem", "Longshore")
                .put("OSVersion", version)
                .put("OSType", "linux")
                .put("Architecture", architecture.equals("amd64") ? "x86_64" : "aarch64")
                .put("NCPU", Runtime.getRuntime().availableProcessors())
                .put("MemTotal", host.memory())
                .putNull("GenericResources");
        tree.put("DockerRootDir", local.layout().root().toString())
                .put("HttpProxy", "")
                .put("HttpsProxy", "")
                .put("NoProxy", "")
                .put("Name", host.hostname());
        tree.putArray("Labels");
        tree.put("ExperimentalBuild", false)
                .put("ServerVersion", SystemRoutes.engineVersion(version))
                .put("LiveRestoreEnabled", true)
                .put("Isolation", "")
                .put("ProductLicense", "Apache-2.0");
    }

    private void runtimes(ObjectNode tree) {
        ObjectNode runtimes = tree.putObject("Runtimes");
        runtimes.putObject("crun").put("path", "crun");
        tree.put("DefaultRuntime", "crun")
                .put("InitBinary", Init.find().map(Path::toString).orElse(""));
        for (String part : List.of("ContainerdCommit", "RuncCommit", "InitCommit")) {
            tree.putObject(part).put("ID", "N/A");
        }
    }

    private static int descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }

    private String fileSystem() throws IOException {
        return Files.getFileStore(local.layout().root()).type();
    }

    private List<String> warnings() throws IOException {
        var warnings = new ArrayList<String>();
        if (!host.countsSwap()) {
            warnings.add("WARNING: No swap limit support");
        }
        if (!host.forwards()) {
            warnings.add("WARNING: IPv4 forwarding is disabled");
        }
        return warnings;
    }
}
