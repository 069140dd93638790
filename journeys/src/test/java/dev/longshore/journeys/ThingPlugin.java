package dev.longshore.journeys;

import dev.longshore.http.grpc.Conversation;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.devices.proto.AllocateRequest;
import dev.longshore.kubelet.devices.proto.AllocateResponse;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.kubelet.devices.proto.Device;
import dev.longshore.kubelet.devices.proto.DeviceSpec;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.devices.proto.ListAndWatchResponse;
import dev.longshore.kubelet.devices.proto.RegisterRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A device plugin with two things, each of them `/dev/zero` under another name.
final class ThingPlugin implements AutoCloseable {

    static final String RESOURCE = "example.com/thing";

    private final CountDownLatch end = new CountDownLatch(1);
    private final GrpcServer server;

    /// Registers with the kubelet in whose directory for device plugins it is.
    ThingPlugin(Path directory) throws IOException, InterruptedException {
        this.server = GrpcServer.listen(
                directory.resolve("things.sock"),
                List.of(new GrpcService("v1beta1.DevicePlugin")
                        .answersMany(
                                GrpcMethod.answersMany(
                                        "v1beta1.DevicePlugin/ListAndWatch",
                                        Empty.getDefaultInstance(),
                                        ListAndWatchResponse.getDefaultInstance()),
                                this::list)
                        .unary(
                                GrpcMethod.unary(
                                        "v1beta1.DevicePlugin/Allocate",
                                        AllocateRequest.getDefaultInstance(),
                                        AllocateResponse.getDefaultInstance()),
                                ThingPlugin::allocate)));
        try (GrpcClient kubelet = GrpcClient.to(directory.resolve("kubelet.sock"))) {
            kubelet.call(
                    GrpcMethod.unary(
                            "v1beta1.Registration/Register",
                            RegisterRequest.getDefaultInstance(),
                            Empty.getDefaultInstance()),
                    RegisterRequest.newBuilder()
                            .setVersion("v1beta1")
                            .setEndpoint("things.sock")
                            .setResourceName(RESOURCE)
                            .build(),
                    Duration.ofSeconds(20));
        }
    }

    private void list(Empty request, Conversation<Empty, ListAndWatchResponse> to) throws InterruptedException {
        var list = ListAndWatchResponse.newBuilder();
        List.of("one", "two")
                .forEach(id -> list.addDevices(Device.newBuilder().setId(id).setHealth("Healthy")));
        to.send(list.build());
        end.await();
    }

    private static AllocateResponse allocate(AllocateRequest request) {
        var answer = ContainerAllocateResponse.newBuilder();
        request.getContainerRequests(0)
                .getDevicesIdsList()
                .forEach(id -> answer.putEnvs("THING", id)
                        .addDevices(DeviceSpec.newBuilder()
                                .setContainerPath("/dev/thing")
                                .setHostPath("/dev/zero")
                                .setPermissions("r")));
        return AllocateResponse.newBuilder().addContainerResponses(answer).build();
    }

    @Override
    public void close() {
        end.countDown();
        server.close();
    }
}
