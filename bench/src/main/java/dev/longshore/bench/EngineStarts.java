package dev.longshore.bench;

import dev.longshore.base.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Containers of one small image, started by the `docker` command.
record EngineStarts(String name, Map<String, String> environment, Path log) {

    /// What pods and containers do.
    static final String[] SLEEP = {"sleep", "100000"};

    /// With the engine at `socket`.
    static EngineStarts of(String name, Path socket, Path log) {
        return new EngineStarts(name, Map.of("DOCKER_HOST", "unix://" + socket), log);
    }

    String title(String what) {
        return "%-30s ".formatted("docker run, " + name + ", " + what);
    }

    void save(Path archive) throws IOException, InterruptedException {
        tool("save").run("save", "-o", archive.toString(), BenchContexts.BASE);
    }

    void load(Path archive) throws IOException, InterruptedException {
        tool("load").run("load", "-i", archive.toString());
    }

    /// Starts and removes `count` containers, one after the other.
    Latencies oneByOne(int count) throws IOException, InterruptedException {
        var latencies = new Latencies();
        for (String each : PodStartBenchmark.names("one", count)) {
            run(each, latencies);
            remove(List.of(each));
        }
        return latencies;
    }

    /// Starts `count` containers by as many commands at once, and removes them; says how long it took.
    String atOnce(int count) throws IOException, InterruptedException {
        var latencies = new Latencies();
        var names = new ArrayList<String>();
        var started = new ArrayList<Future<?>>();
        long begun = Time.system().nanoTime();
        try (var workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String each : PodStartBenchmark.names("many", count)) {
                names.add(each);
                started.add(workers.submit(() -> {
                    run(each, latencies);
                    return null;
                }));
            }
        }
        double seconds = (Time.system().nanoTime() - begun) / 1e9;
        for (Future<?> each : started) {
            if (each.state() == Future.State.FAILED) {
                throw new IOException(name + " could not start all", each.exceptionNow());
            }
        }
        remove(names);
        return latencies.spread() + "   all in %5.1f s, %5.0f a minute".formatted(seconds, count * 60 / seconds);
    }

    private void run(String container, Latencies latencies) throws IOException, InterruptedException {
        long begun = Time.system().nanoTime();
        var line = new ArrayList<>(List.of("run", "-d", "--name", container, BenchContexts.BASE));
        line.addAll(List.of(SLEEP));
        tool(container).run(line);
        latencies.add(Time.system().nanoTime() - begun);
    }

    private void remove(List<String> containers) throws IOException, InterruptedException {
        var line = new ArrayList<>(List.of("rm", "-f"));
        line.addAll(containers);
        tool("rm").run(line);
    }

    /// Commands that run at once have logs of their own.
    private Tool tool(String what) {
        return new Tool(log.resolveSibling(log.getFileName() + "." + what), environment, List.of("docker"));
    }
}
