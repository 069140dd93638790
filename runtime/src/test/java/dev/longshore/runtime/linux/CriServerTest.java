package dev.longshore.runtime.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.MessageLite;
import dev.longshore.base.Digest;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.HttpDialer;
import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.cri.CriContract;
import dev.longshore.runtime.cri.CriMethods;
import dev.longshore.runtime.cri.CriRuntime;
import dev.longshore.runtime.cri.proto.CheckpointContainerRequest;
import dev.longshore.runtime.cri.proto.ContainerConfig;
import dev.longshore.runtime.cri.proto.ContainerEventResponse;
import dev.longshore.runtime.cri.proto.ContainerEventType;
import dev.longshore.runtime.cri.proto.ContainerMetadata;
import dev.longshore.runtime.cri.proto.ContainerStatus;
import dev.longshore.runtime.cri.proto.ContainerStatusRequest;
import dev.longshore.runtime.cri.proto.CreateContainerRequest;
import dev.longshore.runtime.cri.proto.ExecRequest;
import dev.longshore.runtime.cri.proto.ExecSyncRequest;
import dev.longshore.runtime.cri.proto.GetEventsRequest;
import dev.longshore.runtime.cri.proto.ImageFsInfoRequest;
import dev.longshore.runtime.cri.proto.ImageSpec;
import dev.longshore.runtime.cri.proto.ImageStatusRequest;
import dev.longshore.runtime.cri.proto.LinuxContainerConfig;
import dev.longshore.runtime.cri.proto.LinuxContainerResources;
import dev.longshore.runtime.cri.proto.LinuxContainerSecurityContext;
import dev.longshore.runtime.cri.proto.LinuxPodSandboxConfig;
import dev.longshore.runtime.cri.proto.LinuxSandboxSecurityContext;
import dev.longshore.runtime.cri.proto.ListContainersRequest;
import dev.longshore.runtime.cri.proto.ListMetricDescriptorsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxMetricsRequest;
import dev.longshore.runtime.cri.proto.ListPodSandboxStatsRequest;
import dev.longshore.runtime.cri.proto.NamespaceMode;
import dev.longshore.runtime.cri.proto.NamespaceOption;
import dev.longshore.runtime.cri.proto.PodSandboxConfig;
import dev.longshore.runtime.cri.proto.PodSandboxMetadata;
import dev.longshore.runtime.cri.proto.PodSandboxStats;
import dev.longshore.runtime.cri.proto.RemovePodSandboxRequest;
import dev.longshore.runtime.cri.proto.ReopenContainerLogRequest;
import dev.longshore.runtime.cri.proto.RunPodSandboxRequest;
import dev.longshore.runtime.cri.proto.RuntimeHandler;
import dev.longshore.runtime.cri.proto.StartContainerRequest;
import dev.longshore.runtime.cri.proto.StatusRequest;
import dev.longshore.runtime.cri.proto.StopPodSandboxRequest;
import dev.longshore.runtime.cri.proto.UpdateContainerResourcesRequest;
import dev.longshore.runtime.cri.proto.UserNamespace;
import dev.longshore.runtime.cri.server.CriServer;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our own runtime behind its CRI socket, asked by our own client and, where that one does not ask, plainly.
class CriServerTest extends CriContract {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static LinuxNode node;
    private static LinuxRuntime linux;
    private static CriServer server;
    private static CriRuntime runtime;
    private static GrpcClient client;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        node = new LinuxNode(directory);
        linux = node.runtime(new OneImage());
        linux.start();
        server = new CriServer(
                new CriServer.Settings(
                        socket(),
                        "1.2.3",
                        "longshore-" + node.cluster,
                        "host",
                        directory.resolve("images"),
                        directory.resolve("runtime"),
                        directory.resolve("unlogged")),
                linux,
                new SecureRandom(),
                Time.system());
        server.start();
        runtime = client(node.cluster.value());
        client = GrpcClient.to(socket());
    }

    @AfterAll
    static void leaveNothing() throws IOException, InterruptedException {
        if (linux != null) {
            client.close();
            runtime.close();
            server.close();
            assertThat(socket()).doesNotExist();
            linux.purge();
            Remains.none(node.cluster);
        }
    }

    private static Path socket() {
        return directory.resolve("cri.sock");
    }

    private static CriRuntime client(String cluster) throws InterruptedException {
        var started = new CriRuntime(
                new CriRuntime.Settings(
                        socket(), socket(), cluster, "longshore-" + node.cluster, directory.resolve("logs")),
                Time.system());
        started.start();
        return started;
    }

    @Override
    protected CriRuntime runtime() {
        return runtime;
    }

    @Override
    protected CriRuntime later(String cluster) throws InterruptedException {
        return client(cluster);
    }

    @Override
    protected String cluster() {
        return node.cluster.value();
    }

    @Override
    protected Digest image() {
        return LinuxNode.IMAGE;
    }

    @Override
    protected Path logs() {
        return directory.resolve("logs");
    }

    @Override
    protected String missingProgram() {
        return "/no/such";
    }

    @Test
    void saysWhoItIsWhatItCanDoAndThatOnlyItsOwnUserMayAsk() throws Exception {
        assertThat(runtime.version()).isEqualTo("longshore 1.2.3");
        assertThat(runtime.readiness().runtimeReady()).isTrue();
        assertThat(runtime.readiness().networkReady()).isTrue();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");

        var status = ask(CriMethods.STATUS, StatusRequest.getDefaultInstance());
        assertThat(status.getRuntimeHandlersList())
                .extracting(RuntimeHandler::getName)
                .contains("");
        assertThat(status.getFeatures().getSupplementalGroupsPolicy()).isTrue();
        assertThat(ask(
                                CriMethods.IMAGE_STATUS,
                                ImageStatusRequest.newBuilder()
                                        .setImage(ImageSpec.newBuilder().setImage(OneImage.NAME))
                                        .build())
                        .getImage()
                        .getUid()
                        .getValue())
                .isEqualTo(101);
        assertThat(ask(CriMethods.IMAGE_FS_INFO, ImageFsInfoRequest.getDefaultInstance())
                        .getImageFilesystems(0)
                        .getUsedBytes()
                        .getValue())
                .isEqualTo(1 << 20);
        assertThatThrownBy(() -> runtime.images().pull("far/away", java.util.Optional.empty()))
                .isInstanceOfSatisfying(
                        RuntimeFaultException.class,
                        refused -> assertThat(refused.kind()).isEqualTo(RuntimeFaultException.Kind.IMAGE_UNAVAILABLE))
                .hasMessageStartingWith("RegistryUnavailable: ");
    }

    @Test
    void aContainerIsToldAsItWasAskedForAndChangesAsItIsAsked() throws Exception {
        String sandbox = run("told", NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER));
        String id = create(
                sandbox,
                plain("main")
                        .setLogPath("main.log")
                        .putLabels("a", "b")
                        .putAnnotations("c", "d")
                        .setLinux(LinuxContainerConfig.newBuilder()
                                .setResources(LinuxContainerResources.newBuilder()
                                        .setMemoryLimitInBytes(64 << 20)
                                        .setCpuShares(200))
                                .setSecurityContext(LinuxContainerSecurityContext.newBuilder()
                                        .setRunAsUsername("web")
                                        .addSupplementalGroups(7)
                                        .addMaskedPaths("/etc/passwd"))));
        ask(
                CriMethods.START_CONTAINER,
                StartContainerRequest.newBuilder().setContainerId(id).build());

        ContainerStatus status = status(CriMethods.CONTAINER_STATUS, id);
        assertThat(status.getImage().getImage()).isEqualTo(OneImage.NAME);
        assertThat(status.getImageId()).isEqualTo(LinuxNode.IMAGE.toString());
        assertThat(status.getLabelsMap()).containsExactly(java.util.Map.entry("a", "b"));
        assertThat(status.getAnnotationsMap()).containsExactly(java.util.Map.entry("c", "d"));
        assertThat(status.getUser().getLinux().getUid()).isEqualTo(101);
        assertThat(status.getUser().getLinux().getSupplementalGroupsList()).contains(7L, 200L);
        assertThat(said(id, "id -u; wc -c < /etc/passwd")).isEqualTo("101\n0\n");

        ask(
                CriMethods.UPDATE_CONTAINER_RESOURCES,
                UpdateContainerResourcesRequest.newBuilder()
                        .setContainerId(id)
                        .setLinux(LinuxContainerResources.newBuilder().setMemoryLimitInBytes(96 << 20))
                        .build());
        LinuxContainerResources now =
                status(CriMethods.CONTAINER_STATUS, id).getResources().getLinux();
        assertThat(now.getMemoryLimitInBytes()).isEqualTo(96 << 20);
        assertThat(now.getCpuShares()).isEqualTo(200);

        Path log = Path.of(status.getLogPath());
        Files.move(log, log.resolveSibling("moved"));
        ask(
                CriMethods.REOPEN_CONTAINER_LOG,
                ReopenContainerLogRequest.newBuilder().setContainerId(id).build());
        assertThat(log).exists();

        PodSandboxStats stats = ask(CriMethods.LIST_POD_SANDBOX_STATS, ListPodSandboxStatsRequest.getDefaultInstance())
                .getStatsList()
                .stream()
                .filter(one -> one.getAttributes().getId().equals(sandbox))
                .findFirst()
                .orElseThrow();
        assertThat(stats.getLinux().getMemory().getUsageBytes().getValue()).isPositive();
        assertThat(stats.getLinux().getProcess().getProcessCount().getValue()).isPositive();
        assertThat(stats.getLinux()
                        .getContainers(0)
                        .getWritableLayer()
                        .getInodesUsed()
                        .getValue())
                .isPositive();
        var metrics = ask(CriMethods.LIST_POD_SANDBOX_METRICS, ListPodSandboxMetricsRequest.getDefaultInstance())
                .getPodMetricsList()
                .stream()
                .filter(one -> one.getPodSandboxId().equals(sandbox))
                .findFirst()
                .orElseThrow();
        assertThat(ask(CriMethods.LIST_METRIC_DESCRIPTORS, ListMetricDescriptorsRequest.getDefaultInstance())
                        .getDescriptorsList())
                .extracting(descriptor -> descriptor.getName())
                .containsAll(metrics.getContainerMetrics(0).getMetricsList().stream()
                        .map(metric -> metric.getName())
                        .toList());
        remove(sandbox);
    }

    @Test
    void whatCannotBeKeptIsRefusedAndLeavesNothing() throws Exception {
        assertRefused(
                () -> run(
                        "mapped",
                        NamespaceOption.newBuilder()
                                .setUsernsOptions(UserNamespace.newBuilder().setMode(NamespaceMode.CONTAINER))),
                Status.Code.INVALID_ARGUMENT);
        String sandbox = run("refuses", NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER));
        assertRefused(() -> run("refuses", NamespaceOption.newBuilder()), Status.Code.INVALID_ARGUMENT);
        assertRefused(
                () -> create(
                        sandbox,
                        plain("nosy")
                                .setLinux(LinuxContainerConfig.newBuilder()
                                        .setSecurityContext(LinuxContainerSecurityContext.newBuilder()
                                                .setNamespaceOptions(NamespaceOption.newBuilder()
                                                        .setNetwork(NamespaceMode.NODE))))),
                Status.Code.INVALID_ARGUMENT);
        assertRefused(
                () -> create(
                        sandbox, plain("gone").setImage(ImageSpec.newBuilder().setImage("no/such"))),
                Status.Code.NOT_FOUND);
        String id = create(sandbox, plain("main"));
        assertRefused(() -> create(sandbox, plain("main")), Status.Code.INVALID_ARGUMENT);
        assertRefused(() -> said(id, "true"), Status.Code.UNKNOWN);
        assertRefused(
                () -> ask(
                        CriMethods.CHECKPOINT_CONTAINER,
                        CheckpointContainerRequest.newBuilder()
                                .setContainerId(id)
                                .build()),
                Status.Code.UNIMPLEMENTED);
        assertThat(ask(CriMethods.LIST_CONTAINERS, ListContainersRequest.getDefaultInstance())
                        .getContainersList())
                .filteredOn(container -> container.getPodSandboxId().equals(sandbox))
                .hasSize(1);
        remove(sandbox);
    }

    @Test
    void aConversationIsForOneWhoHasItsTokenAndOnce() throws Exception {
        String sandbox = run("token", NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER));
        String id = create(sandbox, plain("main"));
        ask(
                CriMethods.START_CONTAINER,
                StartContainerRequest.newBuilder().setContainerId(id).build());
        URI url = URI.create(ask(
                        CriMethods.EXEC,
                        ExecRequest.newBuilder()
                                .setContainerId(id)
                                .addCmd("true")
                                .setStdout(true)
                                .build())
                .getUrl());

        assertThat(url.getHost()).isEqualTo("127.0.0.1");
        assertThat(get(url, url.getPath().replace("/exec/", "/attach/"))).isEqualTo(404);
        assertThat(get(url, "/exec/0123456789abcdef0123456789abcdef")).isEqualTo(404);
        // A plain request begins nothing, and has used the token up.
        assertThat(get(url, url.getPath())).isEqualTo(400);
        assertThat(get(url, url.getPath())).isEqualTo(404);
        remove(sandbox);
    }

    @Test
    void whoListensIsToldOfEachStepOfALife() throws Exception {
        try (GrpcCall<GetEventsRequest, ContainerEventResponse> events =
                client.ask(CriMethods.GET_CONTAINER_EVENTS, GetEventsRequest.getDefaultInstance(), LIMIT)) {
            String sandbox = run("events", NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER));
            String id = create(sandbox, plain("main").clearCommand().addCommand("true"));
            ask(
                    CriMethods.START_CONTAINER,
                    StartContainerRequest.newBuilder().setContainerId(id).build());
            remove(sandbox);

            var ofTheContainer = new ArrayList<ContainerEventType>();
            var ofTheSandbox = new ArrayList<ContainerEventType>();
            while (!ofTheSandbox.contains(ContainerEventType.CONTAINER_DELETED_EVENT)
                    || !ofTheContainer.contains(ContainerEventType.CONTAINER_DELETED_EVENT)) {
                ContainerEventResponse event = events.receive().orElseThrow();
                if (event.getContainerId().equals(id)) {
                    ofTheContainer.add(event.getContainerEventType());
                } else if (event.getContainerId().equals(sandbox)) {
                    ofTheSandbox.add(event.getContainerEventType());
                }
            }
            var life = List.of(
                    ContainerEventType.CONTAINER_CREATED_EVENT,
                    ContainerEventType.CONTAINER_STARTED_EVENT,
                    ContainerEventType.CONTAINER_STOPPED_EVENT,
                    ContainerEventType.CONTAINER_DELETED_EVENT);
            assertThat(ofTheContainer).isEqualTo(life);
            assertThat(ofTheSandbox).isEqualTo(life);
        }
    }

    private static <Q extends MessageLite, R extends MessageLite> R ask(GrpcMethod<Q, R> method, Q request)
            throws InterruptedException {
        return client.call(method, request, LIMIT);
    }

    private static ContainerStatus status(
            GrpcMethod<ContainerStatusRequest, dev.longshore.runtime.cri.proto.ContainerStatusResponse> method,
            String id)
            throws InterruptedException {
        return ask(
                        method,
                        ContainerStatusRequest.newBuilder().setContainerId(id).build())
                .getStatus();
    }

    private static String run(String name, NamespaceOption.Builder namespaces) throws InterruptedException {
        return ask(
                        CriMethods.RUN_POD_SANDBOX,
                        RunPodSandboxRequest.newBuilder()
                                .setConfig(PodSandboxConfig.newBuilder()
                                        .setMetadata(PodSandboxMetadata.newBuilder()
                                                .setName(name)
                                                .setNamespace("plain")
                                                .setUid("uid-" + name))
                                        .setLogDirectory(
                                                directory.resolve("plain").toString())
                                        .setLinux(LinuxPodSandboxConfig.newBuilder()
                                                .setCgroupParent("/kubepods/" + name)
                                                .setSecurityContext(LinuxSandboxSecurityContext.newBuilder()
                                                        .setNamespaceOptions(namespaces))))
                                .build())
                .getPodSandboxId();
    }

    private static ContainerConfig.Builder plain(String name) {
        return ContainerConfig.newBuilder()
                .setMetadata(ContainerMetadata.newBuilder().setName(name))
                .setImage(ImageSpec.newBuilder().setImage(OneImage.NAME))
                .addAllCommand(List.of("sleep", "1000"))
                .setLinux(LinuxContainerConfig.newBuilder()
                        .setSecurityContext(LinuxContainerSecurityContext.newBuilder()
                                .setNamespaceOptions(
                                        NamespaceOption.newBuilder().setPid(NamespaceMode.CONTAINER))));
    }

    private static String create(String sandbox, ContainerConfig.Builder config) throws InterruptedException {
        return ask(
                        CriMethods.CREATE_CONTAINER,
                        CreateContainerRequest.newBuilder()
                                .setPodSandboxId(sandbox)
                                .setConfig(config)
                                .build())
                .getContainerId();
    }

    private static String said(String id, String script) throws InterruptedException {
        return ask(
                        CriMethods.EXEC_SYNC,
                        ExecSyncRequest.newBuilder()
                                .setContainerId(id)
                                .addAllCmd(List.of("sh", "-c", script))
                                .setTimeout(30)
                                .build())
                .getStdout()
                .toStringUtf8();
    }

    private static void remove(String sandbox) throws InterruptedException {
        ask(
                CriMethods.STOP_POD_SANDBOX,
                StopPodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
        ask(
                CriMethods.REMOVE_POD_SANDBOX,
                RemovePodSandboxRequest.newBuilder().setPodSandboxId(sandbox).build());
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Status.Code code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GrpcException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    private static int get(URI url, String path) throws IOException {
        try (HttpDialer dialer = HttpDialer.tcp(url.getHost(), url.getPort());
                HttpDialer.Upgraded answered = dialer.upgrade(HttpDialer.Call.of("GET", path, Headers.EMPTY))) {
            return answered.status();
        }
    }
}
