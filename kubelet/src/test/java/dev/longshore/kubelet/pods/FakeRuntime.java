package dev.longshore.kubelet.pods;

import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStats;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// A runtime in memory. Containers run until the test ends them; what it is asked to do is written down in
/// `calls`.
public final class FakeRuntime implements NodeRuntime {

    public final List<String> calls = new CopyOnWriteArrayList<>();
    public final Map<String, ContainerStatus> containers = new ConcurrentHashMap<>();
    public final Map<String, SandboxStatus> sandboxes = new ConcurrentHashMap<>();
    public final Map<String, Images.ImageStatus> images = new ConcurrentHashMap<>();
    public final Map<String, String> brokenImages = new ConcurrentHashMap<>();
    /// What the containers of a pod use, by the pod's name.
    public final Map<String, Long> memory = new ConcurrentHashMap<>();

    public final AtomicLong flooded = new AtomicLong();
    public final Map<String, Integer> execExitCodes = new ConcurrentHashMap<>();
    /// Containers by name that take no notice of the stop signal.
    public final List<String> stubborn = new CopyOnWriteArrayList<>();

    /// Pods by name whose sandboxes hang while they are made.
    public final List<String> hung = new CopyOnWriteArrayList<>();

    public volatile Optional<String> sandboxFailure = Optional.empty();

    private final List<Consumer<ContainerStatus>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Time time;

    public FakeRuntime(Time time) {
        this.time = time;
    }

    /// Ends the running container `name` by itself.
    public void exit(String name, int exitCode) {
        ContainerStatus running = running(name).orElseThrow(() -> new AssertionError(name + " does not run"));
        end(running, exitCode);
    }

    public Optional<ContainerStatus> running(String name) {
        return containers.values().stream()
                .filter(status -> status.spec().name().equals(name))
                .filter(status -> status.state() == ContainerStatus.State.RUNNING)
                .findFirst();
    }

    private void end(ContainerStatus running, int exitCode) {
        ContainerStatus ended = with(
                running,
                ContainerStatus.State.EXITED,
                running.startedAt(),
                Optional.of(time.now()),
                OptionalInt.of(exitCode),
                exitCode == 0 ? "Completed" : "Error");
        containers.put(running.id(), ended);
        listeners.forEach(listener -> listener.accept(ended));
    }

    private static ContainerStatus with(
            ContainerStatus old,
            ContainerStatus.State state,
            Optional<Instant> startedAt,
            Optional<Instant> finishedAt,
            OptionalInt exitCode,
            String reason) {
        return new ContainerStatus(
                old.id(),
                old.sandboxId(),
                old.spec(),
                state,
                old.createdAt(),
                startedAt,
                finishedAt,
                OptionalInt.empty(),
                exitCode,
                reason,
                "",
                old.logFile());
    }

    @Override
    public String version() {
        return "fake 1.0";
    }

    @Override
    public Sandboxes sandboxes() {
        return new FakeSandboxes();
    }

    @Override
    public Containers containers() {
        return new FakeContainers();
    }

    @Override
    public Images images() {
        return new FakeImages();
    }

    @Override
    public Streams streams() {
        return new FakeStreams();
    }

    @Override
    public HandlerFeatures features(String handler) {
        return new HandlerFeatures(true, handler.isEmpty());
    }

    @Override
    public Readiness readiness() {
        return new Readiness(true, true, "");
    }

    @Override
    public void close() {
        listeners.clear();
    }

    private final class FakeSandboxes implements Sandboxes {
        @Override
        public SandboxStatus run(SandboxSpec spec) throws InterruptedException {
            if (hung.contains(spec.podName())) {
                new CountDownLatch(1).await();
            }
            sandboxFailure.ifPresent(why -> {
                throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, why);
            });
            int number = ids.incrementAndGet();
            calls.add("run sandbox " + spec.podName() + "/" + spec.attempt());
            var status = new SandboxStatus(
                    "sandbox-" + number,
                    spec,
                    SandboxStatus.State.READY,
                    time.now(),
                    List.of("10.0.0." + number),
                    "/run/netns/" + number);
            sandboxes.put(status.id(), status);
            return status;
        }

        @Override
        public void stop(String id) {
            calls.add("stop sandbox");
            containers.values().stream()
                    .filter(status -> status.sandboxId().equals(id))
                    .filter(status -> status.state() == ContainerStatus.State.RUNNING)
                    .forEach(status -> end(status, 137));
            sandboxes.computeIfPresent(
                    id,
                    (same, old) -> new SandboxStatus(
                            id, old.spec(), SandboxStatus.State.NOT_READY, old.createdAt(), old.addresses(), ""));
        }

        @Override
        public void remove(String id) {
            calls.add("remove sandbox");
            sandboxes.remove(id);
            containers.values().removeIf(status -> status.sandboxId().equals(id));
        }

        @Override
        public List<SandboxStatus> list() {
            return List.copyOf(sandboxes.values());
        }

        @Override
        public Optional<SandboxStatus> status(String id) {
            return Optional.ofNullable(sandboxes.get(id));
        }
    }

    private final class FakeContainers implements Containers {
        @Override
        public String create(String sandboxId, ContainerSpec spec) {
            String id = "c" + ids.incrementAndGet();
            calls.add("create " + spec.name() + "/" + spec.attempt());
            containers.put(
                    id,
                    new ContainerStatus(
                            id,
                            sandboxId,
                            spec,
                            ContainerStatus.State.CREATED,
                            time.now(),
                            Optional.empty(),
                            Optional.empty(),
                            OptionalInt.empty(),
                            OptionalInt.empty(),
                            "",
                            "",
                            sandboxes.get(sandboxId).spec().logDirectory().resolve(spec.logFile())));
            return id;
        }

        @Override
        public void start(String id, Runnable whenCreated) {
            whenCreated.run();
            ContainerStatus created = containers.get(id);
            calls.add("start " + created.spec().name() + "/" + created.spec().attempt());
            containers.put(
                    id,
                    with(
                            created,
                            ContainerStatus.State.RUNNING,
                            Optional.of(time.now()),
                            Optional.empty(),
                            OptionalInt.empty(),
                            ""));
        }

        @Override
        public void stop(String id, Duration grace) throws InterruptedException {
            ContainerStatus running = containers.get(id);
            if (running == null || running.state() != ContainerStatus.State.RUNNING) {
                return;
            }
            calls.add("stop " + running.spec().name() + " within " + grace.toSeconds() + "s");
            if (stubborn.contains(running.spec().name())) {
                time.sleep(grace);
            }
            end(running, stubborn.contains(running.spec().name()) ? 137 : 143);
        }

        @Override
        public void signal(String id, String signal) {
            calls.add("signal " + signal);
        }

        @Override
        public void remove(String id) {
            containers.remove(id);
        }

        @Override
        public void pause(String id) {
            calls.add("pause " + id);
        }

        @Override
        public void resume(String id) {
            calls.add("resume " + id);
        }

        @Override
        public String processTable(List<String> arguments) {
            return "PID\n";
        }

        @Override
        public List<Integer> processes(String id) {
            return List.of();
        }

        @Override
        public void update(String id, ContainerResources resources, ContainerOptions.Limits more) {
            calls.add("update " + containers.get(id).spec().name());
        }

        @Override
        public List<ContainerStatus> list() {
            return new ArrayList<>(containers.values());
        }

        @Override
        public Optional<ContainerStatus> status(String id) {
            return Optional.ofNullable(containers.get(id));
        }

        @Override
        public Optional<ContainerStats> stats(String id) {
            return Optional.ofNullable(
                            memory.get(containers.get(id).spec().labels().get("io.kubernetes.pod.name")))
                    .map(bytes -> new ContainerStats(time.now(), 0, bytes, bytes, 1));
        }

        @Override
        public AutoCloseable onExit(Consumer<ContainerStatus> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }
    }

    private final class FakeImages implements Images {
        @Override
        public Optional<ImageStatus> status(String reference) {
            return Optional.ofNullable(images.get(reference));
        }

        @Override
        public ImageStatus pull(String reference, Optional<Credentials> credentials) {
            calls.add("pull " + reference);
            String why = brokenImages.get(reference);
            if (why != null) {
                throw new RuntimeFaultException(RuntimeFaultException.Kind.IMAGE_UNAVAILABLE, why);
            }
            return images.computeIfAbsent(reference, FakeRuntime::image);
        }

        @Override
        public List<ImageStatus> list() {
            return List.copyOf(images.values());
        }

        @Override
        public void remove(String reference) {
            images.remove(reference);
        }
    }

    private static Images.ImageStatus image(String reference) {
        Digest id = Digest.sha256(reference.getBytes(StandardCharsets.UTF_8));
        return new Images.ImageStatus(id, List.of(reference), List.of(reference + "@" + id), 1000, Optional.empty());
    }

    private final class FakeStreams implements Streams {
        @Override
        public int exec(String id, Exec exec, Stdio stdio, Resizes resizes, Duration limit) {
            List<String> command = exec.command();
            calls.add("exec " + String.join(" ", command));
            if (command.getFirst().equals("cat")) {
                echo(stdio.in().orElseThrow(), stdio.out().orElseThrow());
            }
            if (command.getFirst().equals("flood")) {
                flood(stdio.out().orElseThrow());
            }
            if (command.getFirst().equals("size")) {
                try {
                    Size size = resizes.next().orElseThrow();
                    stdio.out()
                            .orElseThrow()
                            .write((size.columns() + "x" + size.rows()).getBytes(StandardCharsets.UTF_8));
                } catch (IOException | InterruptedException failure) {
                    throw new AssertionError(failure);
                }
            }
            return execExitCodes.getOrDefault(String.join(" ", command), 0);
        }

        // Until the client has had enough.
        private void flood(OutputStream out) {
            byte[] block = new byte[32 << 10];
            try {
                while (true) {
                    out.write(block);
                    flooded.addAndGet(block.length);
                }
            } catch (IOException gone) {
                calls.add("flood ended");
            }
        }

        @Override
        public Attachment join(String id) {
            calls.add("attach");
            return new Attachment() {
                @Override
                public void run(Stdio stdio, Resizes resizes) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public void resize(String id, Size size) {
            calls.add("resize " + size);
        }

        @Override
        public void portForward(String sandboxId, int port, InputStream in, OutputStream out) {
            calls.add("forward " + port);
            if (port == 81) {
                throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "connection refused");
            }
            echo(in, out);
        }
    }

    private static void echo(InputStream in, OutputStream out) {
        try {
            byte[] buffer = new byte[1024];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException failure) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "broken", failure);
        }
    }
}
