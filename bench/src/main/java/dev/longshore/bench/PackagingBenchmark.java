package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Building, saving, pushing and pulling, beside Debian's Docker engine (the classic builder of 20.10) and buildah in
/// one run: a cold build of ten steps in four stages, the same with everything cached, one changed file in a context
/// of 20,000, nothing changed in it, and an image that nothing can compress saved, pushed to a Longshore registry in
/// another process, and pulled from it. Each program has directories of its own; they take turns, round by round.
/// Needs root, docker.io and buildah. Longshore is measured through the same `docker` command as its peer, through
/// `longshore build`, and over its socket, where no command has to start.
///
/// ```
/// ./longshore bench PackagingBenchmark [ROUNDS [MEGABYTES [ROUNDS OF TRANSFERS]]]
/// ```
public final class PackagingBenchmark {

    private final Path directory;
    private final List<Packager> packagers = new ArrayList<>();
    private final Map<String, Latencies> times = new LinkedHashMap<>();
    private final Map<String, Long> peaks = new LinkedHashMap<>();
    private final Time time = Time.system();

    private PackagingBenchmark(Path directory) {
        this.directory = directory;
    }

    /// Runs all phases and prints a line for each and each program.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        int megabytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 500;
        int transfers = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
        Path directory = Files.createTempDirectory("longshore-bench");
        try (LongshoreCluster registry = LongshoreCluster.start(directory.resolve("r"), "bench-r", freePort());
                LongshoreCluster ours = LongshoreCluster.start(directory.resolve("o"), "bench-o", freePort())) {
            var benchmark = new PackagingBenchmark(directory);
            try {
                benchmark.open(ours);
                benchmark.builds(ours, rounds);
                benchmark.transfers(registry, transfers, megabytes);
            } finally {
                benchmark.close();
            }
        } finally {
            Scratch.delete(directory);
        }
    }

    private void open(LongshoreCluster ours) throws IOException, InterruptedException {
        if (!isInstalled("dockerd") || !isInstalled("buildah") || !isInstalled("runc")) {
            new Tool(directory.resolve("apt.log"), Map.of("DEBIAN_FRONTEND", "noninteractive"), List.of("apt-get"))
                    .run("install", "-y", "--no-install-recommends", "docker.io", "buildah", "runc");
        }
        packagers.add(DockerPackager.at(
                "longshore, docker", "docker", ours.socket(), directory.resolve("docker.log"), new Running(ours)));
        Path base = directory.resolve("base.tar");
        packagers.getFirst().save(BenchContexts.BASE, base);
        Path peer = Files.createDirectory(directory.resolve("d"));
        Path socket = peer.resolve("sock");
        packagers.add(DockerPackager.at(
                "docker.io", "docker", socket, directory.resolve("peer.log"), DebianDocker.start(peer, socket)));
        packagers.add(BuildahPackager.in(Files.createDirectory(directory.resolve("b"))));
        for (Packager each : packagers.subList(1, packagers.size())) {
            each.load(base);
        }
    }

    private static boolean isInstalled(String program) {
        return Stream.of("/usr/bin/", "/usr/sbin/").anyMatch(place -> Files.isExecutable(Path.of(place + program)));
    }

    /// It is stopped by whoever started it.
    private record Running(LongshoreCluster cluster) implements DockerPackager.Server {
        @Override
        public List<Long> pids() throws IOException {
            return cluster.pids();
        }

        @Override
        public void close() {}
    }

    private void builds(LongshoreCluster ours, int rounds) throws Exception {
        Path stages = BenchContexts.stages(directory.resolve("stages"));
        Path many = BenchContexts.manyFiles(directory.resolve("many"));
        var socket = new EngineBuild(ours.socket());
        Tool command = ours.program();
        // One round more at first: programs, files and caches get warm.
        for (int round = 0; round <= rounds; round++) {
            if (round == 1) {
                times.clear();
            }
            for (Packager each : packagers) {
                measure("cold build, 10 steps", each.name(), () -> each.build(stages, "stages", "--no-cache"));
                measure("cached build, 10 steps", each.name(), () -> each.build(stages, "stages"));
            }
            measure("cached build, 10 steps", "longshore, socket", () -> socket.build(stages, "stages"));
            for (Packager each : packagers) {
                BenchContexts.change(many, each.name() + " " + round);
                measure("one of 20,000 files changed", each.name(), () -> each.build(many, "many"));
                measure("none of 20,000 files changed", each.name(), () -> each.build(many, "many"));
            }
            BenchContexts.change(many, "command " + round);
            measure(
                    "one of 20,000 files changed",
                    "longshore build",
                    () -> command.run("build", "--data-dir", ours.data().toString(), "-t", "many", many.toString()));
            BenchContexts.change(many, "socket " + round);
            measure("one of 20,000 files changed", "longshore, socket", () -> socket.build(many, "many"));
            measure("none of 20,000 files changed", "longshore, socket", () -> socket.build(many, "many"));
        }
        report(0);
    }

    private void transfers(LongshoreCluster registry, int rounds, int megabytes) throws Exception {
        times.clear();
        for (int round = 0; round < rounds; round++) {
            for (Packager each : packagers) {
                transfer(each, registry, megabytes, round);
            }
        }
        report(megabytes);
    }

    /// Each image is of bytes that nobody has seen, so that nobody finds a layer where it goes.
    private void transfer(Packager packager, LongshoreCluster registry, int megabytes, int round) throws Exception {
        long seed = 1000L * round + packagers.indexOf(packager);
        Path context = BenchContexts.large(directory.resolve("large"), megabytes, seed);
        Path archive = directory.resolve("large.tar");
        String address = "127.0.0.1:" + registry.registryPort() + "/large" + seed + ":latest";
        String size = " " + megabytes + " MB";
        try {
            remembering("build" + size, packager, () -> packager.build(context, "large"));
            remembering("save" + size, packager, () -> packager.save("large", archive));
            remembering("push" + size, packager, () -> packager.push("large", address));
            packager.remove(packager.name().equals("buildah") ? new String[0] : new String[] {"large", address});
            remembering("pull" + size, packager, () -> packager.pull(address));
            packager.remove(address);
        } finally {
            Files.deleteIfExists(archive);
            Scratch.delete(context);
        }
    }

    /// Work that is measured.
    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void measure(String what, String who, Work work) throws Exception {
        long begun = time.nanoTime();
        work.run();
        times.computeIfAbsent("%-30s %-18s".formatted(what, who), any -> new Latencies())
                .add(time.nanoTime() - begun);
    }

    /// With the memory of its servers, or, where there are none, of its commands.
    private void remembering(String what, Packager packager, Work work) throws Exception {
        for (long pid : packager.servers()) {
            Memory.reset(pid);
        }
        takeCommandPeak(packager);
        measure(what, packager.name(), work);
        long peak = takeCommandPeak(packager);
        for (long pid : packager.servers()) {
            peak += Memory.peak(pid);
        }
        peaks.merge("%-30s %-18s".formatted(what, packager.name()), peak, Math::max);
    }

    private static long takeCommandPeak(Packager packager) {
        return packager instanceof BuildahPackager buildah ? buildah.buildah().takePeak() : 0;
    }

    private void report(int megabytes) {
        times.keySet().stream().sorted().forEach(key -> {
            String line = key + " " + times.get(key).spread();
            if (peaks.containsKey(key)) {
                line += "   %6.0f MB/s   peak %5d MiB"
                        .formatted(megabytes / times.get(key).medianSeconds(), peaks.get(key) >> 20);
            }
            System.out.println(line);
        });
    }

    private void close() throws IOException {
        for (Packager each : packagers) {
            each.close();
        }
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }
}
