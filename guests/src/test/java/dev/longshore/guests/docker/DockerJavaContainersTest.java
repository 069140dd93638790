package dev.longshore.guests.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Statistics;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// docker-java on containers, over both of its transports.
@ExtendWith(RunningEngine.class)
@ParameterizedClass
@ValueSource(strings = {"httpclient5", "zerodep"})
class DockerJavaContainersTest {

    @Parameter
    String transport;

    private DockerClient docker;
    private String container = "";

    @BeforeEach
    void connect(RunningEngine.Engine engine) {
        docker = Clients.over(transport, engine);
    }

    @AfterEach
    void removeAndDisconnect() throws IOException {
        if (!container.isEmpty()) {
            docker.removeContainerCmd(container)
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        }
        docker.close();
    }

    @Test
    void aContainersLife() throws Exception {
        String name = "life-" + transport;
        create(command("sh", "-c", "echo out; echo err >&2; exit 4")
                .withName(name)
                .withEnv("A=b")
                .withLabels(Map.of("of", name))
                .withHostConfig(
                        HostConfig.newHostConfig().withMemory(64L << 20).withRestartPolicy(RestartPolicy.noRestart())));
        assertThatThrownBy(() -> command("true").withName(name).exec()).isInstanceOf(ConflictException.class);
        assertThat(docker.inspectContainerCmd(name).exec().getState().getStatus())
                .isEqualTo("created");

        docker.startContainerCmd(container).exec();
        int status = docker.waitContainerCmd(container)
                .exec(new WaitContainerResultCallback())
                .awaitStatusCode();

        assertThat(status).isEqualTo(4);
        Output logs = docker.logContainerCmd(container)
                .withStdOut(true)
                .withStdErr(true)
                .withTailAll()
                .exec(new Output());
        assertThat(logs.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(logs.out()).isEqualTo("out\n");
        assertThat(logs.err()).isEqualTo("err\n");
        var inspected = docker.inspectContainerCmd(container).exec();
        assertThat(inspected.getState().getExitCodeLong()).isEqualTo(4);
        assertThat(inspected.getName()).isEqualTo("/" + name);
        assertThat(inspected.getConfig().getEnv()).contains("A=b");
        assertThat(inspected.getHostConfig().getMemory()).isEqualTo(64L << 20);
        List<Container> listed = docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(Map.of("of", name))
                .withStatusFilter(List.of("exited"))
                .exec();
        assertThat(listed).singleElement().satisfies(one -> {
            assertThat(one.getId()).isEqualTo(container);
            assertThat(one.getNames()).containsExactly("/" + name);
            assertThat(one.getStatus()).startsWith("Exited (4)");
        });
        docker.removeContainerCmd(container).exec();
        String gone = container;
        container = "";
        assertThatThrownBy(() -> docker.inspectContainerCmd(gone).exec()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void commandsRunInContainers() throws Exception {
        running();
        var exec = docker.execCreateCmd(container)
                .withCmd("sh", "-c", "read line; echo \"$line $X in $(pwd) as $(id -u)\"; exit 3")
                .withEnv(List.of("X=y"))
                .withWorkingDir("/tmp")
                .withUser("33")
                .withAttachStdin(true)
                .withAttachStdout(true)
                .withAttachStderr(true)
                .exec();

        Output output = docker.execStartCmd(exec.getId())
                .withStdIn(new ByteArrayInputStream("typed\n".getBytes(StandardCharsets.UTF_8)))
                .exec(new Output());

        assertThat(output.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output.out()).isEqualTo("typed y in /tmp as 33\n");
        var inspected = docker.inspectExecCmd(exec.getId()).exec();
        assertThat(inspected.isRunning()).isFalse();
        assertThat(inspected.getExitCodeLong()).isEqualTo(3);
    }

    @Test
    void inputGoesToAnAttachedContainer() throws Exception {
        create(command("sh", "-c", "read one; read two; echo \"got $one and $two\"")
                .withStdinOpen(true)
                .withStdInOnce(true)
                .withAttachStdin(true));
        var typed = new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
        Output output = docker.attachContainerCmd(container)
                .withStdIn(typed)
                .withStdOut(true)
                .withStdErr(true)
                .withFollowStream(true)
                .exec(new Output());
        output.awaitStarted(20, TimeUnit.SECONDS);
        docker.startContainerCmd(container).exec();

        assertThat(output.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output.out()).isEqualTo("got one and two\n");
    }

    @Test
    void logsAreFollowed() throws Exception {
        create(command("sh", "-c", "echo one; while [ ! -e /go ]; do sleep 0.1; done; echo two"));
        docker.startContainerCmd(container).exec();
        Output logs = docker.logContainerCmd(container)
                .withStdOut(true)
                .withFollowStream(true)
                .withTimestamps(true)
                .exec(new Output());
        org.awaitility.Awaitility.await().until(() -> logs.out().contains("one"));

        run("touch", "/go");

        assertThat(logs.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        assertThat(logs.out()).matches("(?s)\\S+Z one\n\\S+Z two\n");
    }

    @Test
    void aRunningContainerIsChangedAndStopped() {
        running();
        docker.pauseContainerCmd(container).exec();
        assertThat(docker.inspectContainerCmd(container).exec().getState().getPaused())
                .isTrue();
        docker.unpauseContainerCmd(container).exec();
        docker.updateContainerCmd(container)
                .withMemory(96L << 20)
                .withMemorySwap(192L << 20)
                .exec();
        assertThat(docker.inspectContainerCmd(container).exec().getHostConfig().getMemory())
                .isEqualTo(96L << 20);
        docker.renameContainerCmd(container).withName("renamed-" + transport).exec();
        assertThat(docker.inspectContainerCmd("renamed-" + transport).exec().getId())
                .isEqualTo(container);
        assertThat(docker.topContainerCmd(container).exec().getProcesses()).isNotEmpty();
        assertThatThrownBy(() -> docker.startContainerCmd(container).exec()).isInstanceOf(NotModifiedException.class);

        docker.restartContainerCmd(container).withTimeout(1).exec();
        assertThat(docker.inspectContainerCmd(container).exec().getState().getRunning())
                .isTrue();
        docker.stopContainerCmd(container).withTimeout(1).exec();
        assertThat(docker.inspectContainerCmd(container).exec().getState().getRunning())
                .isFalse();
        assertThatThrownBy(() -> docker.stopContainerCmd(container).exec()).isInstanceOf(NotModifiedException.class);
        docker.startContainerCmd(container).exec();
        docker.killContainerCmd(container).withSignal("SIGKILL").exec();
        assertThat(docker.waitContainerCmd(container)
                        .exec(new WaitContainerResultCallback())
                        .awaitStatusCode())
                .isEqualTo(137);
    }

    @Test
    void filesGoInAndOut(@TempDir Path directory) throws Exception {
        running();
        Path file = Files.writeString(directory.resolve("sent"), "content");

        docker.copyArchiveToContainerCmd(container)
                .withHostResource(file.toString())
                .withRemotePath("/tmp")
                .exec();

        assertThat(run("cat", "/tmp/sent")).isEqualTo("content");
        try (var tar = new TarArchiveInputStream(
                docker.copyArchiveFromContainerCmd(container, "/tmp/sent").exec())) {
            assertThat(tar.getNextEntry().getName()).isEqualTo("sent");
            assertThat(new String(tar.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("content");
        }
        assertThat(docker.containerDiffCmd(container).exec())
                .anyMatch(change -> change.getPath().equals("/tmp/sent"));
        String image = docker.commitCmd(container)
                .withRepository("guest/committed")
                .withTag(transport)
                .exec();
        assertThat(docker.inspectImageCmd("guest/committed:" + transport).exec().getId())
                .isEqualTo(image);
        docker.removeImageCmd(image).withForce(true).exec();
        assertThatThrownBy(() ->
                        docker.copyArchiveFromContainerCmd(container, "/gone").exec())
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void portsArePublishedAndDirectoriesBound(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("index.html"), "hello from the host");
        create(command("httpd", "-f", "-p", "8080", "-h", "/srv")
                .withExposedPorts(ExposedPort.tcp(8080))
                .withHostConfig(HostConfig.newHostConfig()
                        .withBinds(Bind.parse(directory + ":/srv:ro"))
                        .withPortBindings(PortBinding.parse("127.0.0.1::8080"))));
        docker.startContainerCmd(container).exec();

        var bindings = docker.inspectContainerCmd(container)
                .exec()
                .getNetworkSettings()
                .getPorts()
                .getBindings()
                .get(ExposedPort.tcp(8080));
        int port = Integer.parseInt(bindings[0].getHostPortSpec());
        org.awaitility.Awaitility.await()
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(page(port)).contains("hello from the host"));
    }

    @Test
    void statisticsComeOnceOrAsAStream() throws Exception {
        running();
        var seen = new CopyOnWriteArrayList<Statistics>();
        var callback = new ResultCallback.Adapter<Statistics>() {
            @Override
            public void onNext(Statistics statistics) {
                seen.add(statistics);
            }
        };
        docker.statsCmd(container).withNoStream(true).exec(callback).awaitCompletion(20, TimeUnit.SECONDS);

        assertThat(seen).isNotEmpty();
        assertThat(seen.getFirst().getMemoryStats().getUsage()).isPositive();
        assertThat(seen.getFirst().getCpuStats().getCpuUsage().getTotalUsage()).isPositive();
        assertThat(seen.getFirst().getPidsStats().getCurrent()).isPositive();
        assertThat(seen.getFirst().getNetworks()).containsKey("eth0");
    }

    @Test
    void eventsTellWhatHappens() throws Exception {
        var seen = new CopyOnWriteArrayList<String>();
        var callback = docker.eventsCmd()
                .withLabelFilter(Map.of("watched", transport))
                .withEventTypeFilter("container")
                .exec(new ResultCallback.Adapter<Event>() {
                    @Override
                    public void onNext(Event event) {
                        seen.add(event.getAction());
                    }
                });
        callback.awaitStarted(20, TimeUnit.SECONDS);
        create(command("true").withLabels(Map.of("watched", transport)));
        docker.startContainerCmd(container).exec();

        org.awaitility.Awaitility.await().untilAsserted(() -> assertThat(seen).contains("create", "start", "die"));
        callback.close();
    }

    private CreateContainerCmd command(String... command) {
        return docker.createContainerCmd(Clients.BASE).withCmd(command);
    }

    private void create(CreateContainerCmd command) {
        container = command.exec().getId();
    }

    private void running() {
        create(command("sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.1; done"));
        docker.startContainerCmd(container).exec();
    }

    private String run(String... command) throws InterruptedException {
        var exec = docker.execCreateCmd(container)
                .withCmd(command)
                .withAttachStdout(true)
                .exec();
        Output output = docker.execStartCmd(exec.getId()).exec(new Output());
        assertThat(output.awaitCompletion(20, TimeUnit.SECONDS)).isTrue();
        return output.out();
    }

    private static String page(int port) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
