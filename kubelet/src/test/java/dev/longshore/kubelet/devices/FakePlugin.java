package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.devices.proto.AllocateRequest;
import dev.longshore.kubelet.devices.proto.AllocateResponse;
import dev.longshore.kubelet.devices.proto.CdiDevice;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.kubelet.devices.proto.ContainerPreferredAllocationResponse;
import dev.longshore.kubelet.devices.proto.Device;
import dev.longshore.kubelet.devices.proto.DevicePluginOptions;
import dev.longshore.kubelet.devices.proto.DeviceSpec;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.devices.proto.ListAndWatchResponse;
import dev.longshore.kubelet.devices.proto.NumaNode;
import dev.longshore.kubelet.devices.proto.PreStartContainerResponse;
import dev.longshore.kubelet.devices.proto.PreferredAllocationRequest;
import dev.longshore.kubelet.devices.proto.PreferredAllocationResponse;
import dev.longshore.kubelet.devices.proto.RegisterRequest;
import dev.longshore.kubelet.devices.proto.Topology;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;

/// A device plugin that prefers the last of its devices and gives `/dev/null` for each.
final class FakePlugin implements AutoCloseable {

    static final String RESOURCE = "example.com/thing";
    static final DevicePluginOptions OPTIONS = DevicePluginOptions.newBuilder()
            .setGetPreferredAllocationAvailable(true)
            .setPreStartRequired(true)
            .build();

    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile boolean refuses;
    private final BlockingQueue<ListAndWatchResponse> news = new LinkedBlockingQueue<>(100);
    private final Path directory;
    private final GrpcServer server;

    FakePlugin(Path directory, GrpcService... more) throws IOException {
        this.directory = directory;
        var services = new java.util.ArrayList<>(List.of(more));
        services.add(new GrpcService("v1beta1.DevicePlugin")
                .unary(DeviceCalls.OPTIONS, request -> OPTIONS)
                .answersMany(DeviceCalls.LIST_AND_WATCH, this::watch)
                .unary(DeviceCalls.PREFERRED, this::prefer)
                .unary(DeviceCalls.ALLOCATE, this::allocate)
                .unary(DeviceCalls.PRE_START, request -> {
                    calls.add("start " + request.getDevicesIdsList());
                    return PreStartContainerResponse.getDefaultInstance();
                }));
        this.server = GrpcServer.listen(directory.resolve("thing.sock"), services);
    }

    /// Has these devices from now on; those that begin with a minus are sick, those that end with `@1` are on NUMA
    /// node 1.
    FakePlugin with(String... ids) {
        var list = ListAndWatchResponse.newBuilder();
        for (String id : ids) {
            var device = Device.newBuilder()
                    .setId(id.replace("-", "").replaceFirst("@.*", ""))
                    .setHealth(id.startsWith("-") ? "Unhealthy" : "Healthy");
            if (id.contains("@")) {
                device.setTopology(Topology.newBuilder()
                        .addNodes(NumaNode.newBuilder().setId(Long.parseLong(id.replaceFirst(".*@", "")))));
            }
            list.addDevices(device);
        }
        news.add(list.build());
        return this;
    }

    FakePlugin register() throws InterruptedException {
        register("v1beta1", RESOURCE);
        return this;
    }

    void register(String version, String resource) throws InterruptedException {
        try (GrpcClient client = GrpcClient.to(directory.resolve("kubelet.sock"))) {
            client.call(
                    DeviceCalls.REGISTER,
                    RegisterRequest.newBuilder()
                            .setVersion(version)
                            .setEndpoint("thing.sock")
                            .setResourceName(resource)
                            .setOptions(OPTIONS)
                            .build(),
                    Duration.ofSeconds(20));
        }
    }

    private void watch(Empty request, Conversation<Empty, ListAndWatchResponse> to) throws InterruptedException {
        while (true) {
            to.send(news.take());
        }
    }

    private PreferredAllocationResponse prefer(PreferredAllocationRequest request) {
        var wanted = request.getContainerRequests(0);
        return PreferredAllocationResponse.newBuilder()
                .addContainerResponses(ContainerPreferredAllocationResponse.newBuilder()
                        .addAllDeviceIds(wanted.getAvailableDeviceIdsList().stream()
                                .sorted(Comparator.reverseOrder())
                                .limit(wanted.getAllocationSize())
                                .toList()))
                .build();
    }

    private AllocateResponse allocate(AllocateRequest request) {
        List<String> ids = request.getContainerRequests(0).getDevicesIdsList();
        calls.add("allocate " + ids.stream().sorted().toList());
        if (refuses) {
            throw new GrpcException(Status.Code.INVALID_ARGUMENT, "not today");
        }
        var answer = ContainerAllocateResponse.newBuilder().putEnvs("THINGS", String.join(",", ids));
        ids.forEach(id -> answer.addDevices(DeviceSpec.newBuilder()
                        .setContainerPath("/dev/" + id)
                        .setHostPath("/dev/null")
                        .setPermissions("rw"))
                .addCdiDevices(CdiDevice.newBuilder().setName("example.com/thing=" + id)));
        return AllocateResponse.newBuilder().addContainerResponses(answer).build();
    }

    @Override
    public void close() {
        server.close();
    }
}
