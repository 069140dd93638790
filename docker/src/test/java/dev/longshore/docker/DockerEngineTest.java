package dev.longshore.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.builder.stage.BaseSource;
import dev.longshore.http.HttpServer;
import dev.longshore.images.BaseImages;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.registry.RegistryHandler;
import dev.longshore.runtime.OneShot;
import dev.longshore.runtime.StepSandbox;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// With the real `docker` command line, over a unix socket.
class DockerEngineTest {

    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private Path root;
    private LocalImages images;
    private HttpServer engine;
    private HttpServer registry;
    private HttpServer otherRegistry;
    private LocalImages otherImages;
    private DistributionClient client;
    private Builder builder;
    private volatile OneShot.Step lastStep;
    private int port;
    private int otherPort;

    private record Ran(int exitCode, String out) {}

    @BeforeEach
    void startAnEngineAndTwoRegistries() throws Exception {
        boolean canRun = "root".equals(System.getProperty("user.name"))
                && Files.exists(Path.of("/usr/bin/busybox"))
                && isThere("docker");
        assertThat(canRun || !"true".equals(System.getenv("CI"))).isTrue();
        assumeTrue(canRun, "needs root, busybox and docker");
        root = Files.createTempDirectory("docker-test");
        images = LocalImages.open(root.resolve("store"), "amd64", Time.system());
        otherImages = LocalImages.open(root.resolve("other"), "amd64", Time.system());
        BaseImages.ofHost(images).busybox();
        builder = new Builder(
                images,
                (step, out, err) -> {
                    lastStep = step;
                    if (step.arguments().getLast().equals("wait")) {
                        waitForCancellation();
                    }
                    write(out, "ran " + step.arguments().getLast() + "\n");
                    return step.arguments().getLast().equals("false") ? 1 : 0;
                },
                BaseSource.localOnly(),
                Time.system());
        builder.start();
        client = new DistributionClient(images, Set.of());
        engine = new HttpServer("docker", new DockerEngine(images, builder, client, "0.1.0", Time.system()));
        engine.listen(root.resolve("docker.sock"));
        registry = new HttpServer("registry", new RegistryHandler(images));
        port = registry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        images.images().serveAs("127.0.0.1:" + port);
        otherRegistry = new HttpServer("registry", new RegistryHandler(otherImages));
        otherPort = otherRegistry.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void stop() throws Exception {
        if (root != null) {
            engine.close();
            registry.close();
            otherRegistry.close();
            client.close();
            run(List.of("rm", "-rf", root.toString()));
        }
    }

    @Test
    void buildsTagsShowsAndRemoves() throws Exception {
        Path context = context("FROM longshore.local/busybox\nCOPY file /\nRUN echo hello\nCMD [\"sh\"]\n");

        Ran built = docker("build", "-t", "hello:1", context.toString());

        assertThat(built.out())
                .contains("Step 1/4 : FROM longshore.local/busybox", "ran echo hello", "Successfully tagged hello:1");
        assertThat(built.exitCode()).isZero();
        assertThat(docker("build", "-t", "hello:1", context.toString()).out()).contains("Using cache");
        assertThat(docker("images", "--format", "{{.Repository}}:{{.Tag}}").out())
                .contains("hello:1\n", "longshore.local/busybox:latest\n");
        assertThat(docker("inspect", "--type", "image", "-f", "{{.Config.Cmd}}", "hello:1")
                        .out())
                .isEqualTo("[sh]\n");
        assertThat(docker("history", "hello:1").out()).contains("CMD [\"sh\"]", "echo hello");
        assertThat(docker("tag", "hello:1", "copy:2").exitCode()).isZero();
        assertThat(docker("rmi", "hello:1").out()).isEqualTo("Untagged: hello:1\n");
        assertThat(docker("rmi", "copy:2").out()).contains("Untagged: copy:2", "Deleted: sha256:");
        assertThat(docker("rmi", "copy:2").out()).contains("No such image");
    }

    @Test
    void aFailedBuildSaysWhereAndWhy() throws Exception {
        Ran typo = docker(
                "build", context("FROM longshore.local/busybox\nRUNN x\n").toString());
        assertThat(typo.exitCode()).isNotZero();
        assertThat(typo.out()).contains("Dockerfile:2: unknown instruction: RUNN (did you mean RUN?)");

        Ran failed = docker(
                "build", context("FROM longshore.local/busybox\nRUN false\n").toString());
        assertThat(failed.out()).contains("Dockerfile:2: The command '/bin/sh -c false' returned a non-zero code: 1");
        assertThat(failed.exitCode()).isEqualTo(1);
    }

    @Test
    void pushesToAnotherRegistryAndPullsFromIt() throws Exception {
        String name = "127.0.0.1:" + otherPort + "/team/base:1";
        docker("tag", "longshore.local/busybox", name);

        Ran pushed = docker("push", name);

        assertThat(pushed.out()).contains("Pushed", "1: digest: sha256:");
        assertThat(otherImages.images().get("team/base:1").config().run().command())
                .containsExactly("sh");
        docker("rmi", name);
        Ran pulled = docker("pull", name);
        assertThat(pulled.out()).contains("Status: Downloaded newer image for " + name);
        assertThat(docker("pull", "127.0.0.1:" + otherPort + "/none:1").out()).contains("manifest unknown");
    }

    @Test
    void whatIsBuiltIsInTheOwnRegistryAtOnce() throws Exception {
        docker("tag", "longshore.local/busybox", "hello:1");

        Ran pushed = docker("push", "127.0.0.1:" + port + "/hello:1");

        assertThat(pushed.out()).contains("Layer already exists");
        assertThat(docker("images", "-q", "127.0.0.1:" + port + "/hello:1")
                        .out()
                        .strip())
                .hasSize(12);
    }

    @Test
    void skopeoCopiesOutOfTheRegistryAndIn() throws Exception {
        assumeTrue(isThere("skopeo"), "needs skopeo");
        String base = "docker://127.0.0.1:" + port + "/longshore.local/busybox:latest";
        String copy = "docker://127.0.0.1:" + otherPort + "/copied:1";

        Ran copied = run(List.of("skopeo", "copy", "--src-tls-verify=false", "--dest-tls-verify=false", base, copy));

        assertThat(copied.exitCode()).as(copied.out()).isZero();
        assertThat(otherImages.images().get("copied:1").id())
                .isEqualTo(images.images().get("longshore.local/busybox").id());
        Path layout = root.resolve("layout");
        Ran out = run(List.of("skopeo", "copy", "--src-tls-verify=false", copy, "oci:" + layout + ":x:1"));
        assertThat(out.exitCode()).as(out.out()).isZero();
        Ran in = run(List.of(
                "skopeo",
                "copy",
                "--dest-tls-verify=false",
                "oci:" + layout + ":x:1",
                "docker://127.0.0.1:" + port + "/team/again:2"));
        assertThat(in.exitCode()).as(in.out()).isZero();
        assertThat(images.images().tags("docker.io/team/again")).containsExactly("2");
    }

    @Test
    void aBuildWhoseClientLeavesIsCancelled() throws Exception {
        Path context = context("FROM longshore.local/busybox\nRUN wait\n");
        Process client = new ProcessBuilder(
                        "docker", "-H", "unix://" + root.resolve("docker.sock"), "build", context.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();

        client.destroyForcibly().waitFor();

        assertThat(cancelled.await(20, TimeUnit.SECONDS)).isTrue();
        Path staging = root.resolve("store/staging").resolve(images.layout().bootId());
        await().untilAsserted(() -> assertThat(staging).isEmptyDirectory());
    }

    @Test
    void anImageTravelsAsAFile() throws Exception {
        Path file = root.resolve("saved.tar");
        docker("tag", "longshore.local/busybox", "saved:1");
        String id = images.images().get("saved:1").id().toString();
        assertThat(docker("save", "-o", file.toString(), "saved:1").exitCode()).isZero();
        docker("rmi", "saved:1");

        assertThat(docker("load", "-i", file.toString()).out()).isEqualTo("Loaded image: saved:1\n");

        assertThat(images.images().get("saved:1").id()).hasToString(id);
    }

    @Test
    void tellsAboutItself() throws Exception {
        assertThat(docker("version").out()).contains("Longshore", "API version:      1.50");
        assertThat(docker("info").out())
                .contains("Server Version: 28.2.2+longshore.0.1.0", "Operating System: Longshore");
        assertThat(docker("image", "prune", "-f").out()).contains("Total reclaimed space");
        assertThat(docker("builder", "prune", "-f").out()).contains("Total reclaimed space");
        assertThat(docker("system", "df").exitCode()).isZero();
    }

    @Test
    void tellsWhatTheBuildCacheHoldsAndPrunesWhatIsAskedFor() throws Exception {
        Path context = context("FROM longshore.local/busybox\nCOPY file /cached\nRUN step\n");
        assertThat(docker("build", "-t", "app", context.toString()).exitCode()).isZero();
        docker("rmi", "app");

        assertThat(docker("system", "df", "-v").out()).contains("Build cache usage: ", "regular");
        assertThat(docker("builder", "prune", "-af", "--filter", "until=24h").out())
                .contains("Total reclaimed space: 0B");
        assertThat(docker("builder", "prune", "-af", "--filter", "nonsense=1").out())
                .contains("invalid filter");
        assertThat(docker("builder", "prune", "-af").out()).contains("Deleted build cache objects:");
        assertThat(builder.cached()).isEmpty();
    }

    @Test
    void stepsAreSurroundedAsTheClientSays() throws Exception {
        String context = context("FROM longshore.local/busybox\nRUN step\n").toString();

        docker(
                "build",
                "--memory=64m",
                "--shm-size=1m",
                "--ulimit=nofile=10:20",
                "--add-host=db:10.0.0.7",
                "--add-host=up:host-gateway",
                "--cpuset-cpus=0",
                "--cgroup-parent=nightly",
                "--memory-swap=-1",
                "--network=none",
                context);

        StepSandbox sandbox = lastStep.sandbox();
        assertThat(sandbox.network()).isEqualTo(StepSandbox.Network.NONE);
        assertThat(sandbox.hosts())
                .containsExactly(new StepSandbox.Host("db", "10.0.0.7"), new StepSandbox.Host("up", "host-gateway"));
        assertThat(sandbox.limits().resources().memoryLimitBytes()).hasValue(64 << 20);
        assertThat(sandbox.limits().processors()).isEqualTo("0");
        assertThat(sandbox.limits().cgroupParent()).isEqualTo("nightly");
        assertThat(sandbox.limits().swap()).hasValue(-1);
        assertThat(sandbox.limits().sharedMemoryBytes()).hasValue(1 << 20);
        assertThat(sandbox.limits().ulimits()).containsExactly(new StepSandbox.Ulimit("nofile", 10, 20));
        assertThat(docker("build", "--network=container:x", context).out()).contains("not supported by builder");
    }

    private void waitForCancellation() throws InterruptedException {
        waiting.countDown();
        try {
            new CountDownLatch(1).await();
        } finally {
            cancelled.countDown();
        }
    }

    private Path context(String dockerfile) throws Exception {
        Path context = Files.createTempDirectory(root, "context");
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        Files.writeString(context.resolve("file"), "content");
        return context;
    }

    private Ran docker(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("docker", "-H", "unix://" + root.resolve("docker.sock")));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Ran run(List<String> command) throws Exception {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("DOCKER_BUILDKIT", "0");
        builder.environment().put("DOCKER_CONFIG", root.resolve("config").toString());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ran(process.exitValue(), out);
    }

    private static boolean isThere(String program) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    private static void write(java.io.OutputStream out, String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
    }
}
