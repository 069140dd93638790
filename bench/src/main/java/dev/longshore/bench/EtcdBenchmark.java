package dev.longshore.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The embedded store beside Debian's etcd, each in a process of its own with its files in one directory, both
/// durable, asked the same by the same client (Longshore's own, over unix sockets) and by `etcdctl check perf`. The
/// client shares the machine's processors with them. Takes about eight minutes.
///
/// ```
/// ./longshore bench EtcdBenchmark [DIRECTORY [PHASES [SECONDS]]]
/// ```
///
/// The directory (default `/var/tmp`) says which disk; phases (default all: puts, reads, watch, perf, many) what is
/// done.
public final class EtcdBenchmark {

    private static final int MILLION = 1_000_000;
    private static final Pattern VERDICT = Pattern.compile("(PASS|FAIL): ([^\\n\\r]*)");

    /// Kept, or its level would be collected with it.
    private static final Logger LIBRARY = Logger.getLogger("io.netty");

    private final Set<String> phases;
    private final Duration whole;
    private final Map<String, Map<String, String>> table = new LinkedHashMap<>();
    private final Map<String, Map<String, Double>> figures = new LinkedHashMap<>();

    private EtcdBenchmark(Set<String> phases, Duration whole) {
        this.phases = phases;
        this.whole = whole;
    }

    /// Runs all phases and prints a table.
    public static void main(String[] arguments) throws Exception {
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        LIBRARY.setLevel(Level.SEVERE);
        Path place = Path.of(arguments.length > 0 ? arguments[0] : "/var/tmp");
        String phases = arguments.length > 1 ? arguments[1] : "puts,reads,watch,perf,many";
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
        Path root = Files.createTempDirectory(place, "etcd-bench");
        try {
            var benchmark = new EtcdBenchmark(Set.of(phases.split(",")), Duration.ofSeconds(seconds));
            if (!benchmark.phases.contains("alone")) {
                try (EtcdEngine etcd = EtcdEngine.debian(root)) {
                    benchmark.run(etcd);
                }
            }
            try (EtcdEngine ours = EtcdEngine.embedded(root)) {
                benchmark.run(ours);
            }
            benchmark.print();
        } finally {
            Scratch.delete(root);
        }
    }

    private void run(EtcdEngine engine) throws Exception {
        engine.start();
        if (phases.contains("puts") || phases.contains("reads")) {
            try (var load = new EtcdLoad(engine)) {
                load.puts(64, whole);
                requests(engine, load);
            }
        }
        if (phases.contains("watch")) {
            new EtcdWatchLoad().run(engine);
            Duration before = engine.effort();
            note(engine, "10,000 watches, events/s", new EtcdWatchLoad().run(engine));
            note(
                    engine,
                    "its processor time an event, µs",
                    engine.effort().minus(before).toNanos() / 1e3 / EtcdWatchLoad.EVENTS);
        }
        note(engine, "memory after that, MiB", mebibytes(Memory.resident(engine.pid())));
        if (phases.contains("perf")) {
            checkPerf(engine);
        }
        if (phases.contains("many")) {
            many(engine);
        }
        engine.stop();
    }

    private void requests(EtcdEngine engine, EtcdLoad load) throws Exception {
        if (phases.contains("puts")) {
            note(engine, "puts/s, 1 client", load.puts(1, whole.dividedBy(2)));
            Duration before = engine.effort();
            EtcdLoad.Rate many = load.puts(64, whole);
            note(engine, "puts/s, 64 clients", many);
            double puts = many.perSecond() * whole.toNanos() / 1e9;
            note(
                    engine,
                    "its processor time a put, µs",
                    engine.effort().minus(before).toNanos() / puts / 1e3);
            note(engine, "puts/s, 256 clients", load.puts(256, whole));
        }
        if (phases.contains("reads")) {
            load.gets(64, whole.dividedBy(3));
            note(engine, "gets/s, 64 clients", load.gets(64, whole.dividedBy(2)));
            note(engine, "ranges of 500 keys/s, 16 clients", load.ranges(16, whole.dividedBy(2)));
        }
    }

    private void many(EtcdEngine engine) throws Exception {
        try (var load = new EtcdLoad(engine)) {
            note(engine, "puts/s, 100 a transaction", MILLION / load.fill(MILLION));
        }
        note(engine, "on the disk with a million keys, MiB", mebibytes(engine.size()));
        note(engine, "memory with a million keys, MiB", mebibytes(Memory.resident(engine.pid())));
        engine.stop();
        note(engine, "start with a million keys, s", engine.start() / 1e9);
        note(engine, "memory after that start, MiB", mebibytes(Memory.resident(engine.pid())));
    }

    private void checkPerf(EtcdEngine engine) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(
                        "/usr/bin/etcdctl", "--endpoints=unix://" + engine.socket(), "check", "perf", "--load=l")
                .redirectErrorStream(true);
        builder.environment().put("ETCDCTL_API", "3");
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var verdicts = new ArrayList<String>();
        for (Matcher found = VERDICT.matcher(said); found.find(); ) {
            verdicts.add(found.group(1) + " " + found.group(2));
        }
        System.out.println(engine.name() + ": check perf --load=l: " + String.join("; ", verdicts));
    }

    private static double mebibytes(long bytes) {
        return bytes / (double) (1 << 20);
    }

    private void note(EtcdEngine engine, String what, EtcdLoad.Rate rate) {
        note(
                engine,
                what,
                rate.perSecond(),
                "%.0f (p50 %.2f ms, p99 %.2f ms)".formatted(rate.perSecond(), rate.median(), rate.p99()));
        figures.computeIfAbsent(what + ": p99", _ -> new LinkedHashMap<>()).put(engine.name(), rate.p99());
    }

    private void note(EtcdEngine engine, String what, double figure) {
        note(engine, what, figure, (figure < 10 ? "%.2f" : "%.0f").formatted(figure));
    }

    private void note(EtcdEngine engine, String what, double figure, String text) {
        System.out.println(engine.name() + ": " + what + ": " + text);
        table.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(engine.name(), text);
        figures.computeIfAbsent(what, _ -> new LinkedHashMap<>()).put(engine.name(), figure);
    }

    private void print() {
        System.out.println("\n| | Debian's etcd | Longshore | ratio | ratio of p99 |\n|---|---:|---:|---:|---:|");
        table.forEach((what, texts) -> System.out.println("| %s | %s | %s | %s | %s |"
                .formatted(what, texts.get("etcd"), texts.get("longshore"), ratio(what), ratio(what + ": p99"))));
    }

    /// Ours to theirs.
    private String ratio(String what) {
        Map<String, Double> both = figures.getOrDefault(what, Map.of());
        return both.size() < 2 ? "" : "%.2f".formatted(both.get("longshore") / both.get("etcd"));
    }
}
