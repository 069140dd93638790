package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcCall;
import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.devices.proto.AllocateRequest;
import dev.longshore.kubelet.devices.proto.ContainerAllocateRequest;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.kubelet.devices.proto.ContainerPreferredAllocationRequest;
import dev.longshore.kubelet.devices.proto.Device;
import dev.longshore.kubelet.devices.proto.DevicePluginOptions;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.devices.proto.ListAndWatchResponse;
import dev.longshore.kubelet.devices.proto.PreStartContainerRequest;
import dev.longshore.kubelet.devices.proto.PreferredAllocationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One plugin that has registered: its connection, and the thread that hears of its devices until it leaves.
final class DevicePlugin implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DevicePlugin.class);
    private static final Duration FOREVER = Duration.ofDays(3650);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final String resource;
    private final GrpcClient client;
    private final DevicePluginOptions options;
    private final Consumer<List<Device>> heard;
    private final Runnable left;
    private final Thread listener;

    /// @param heard is told of all its devices whenever they change
    /// @param left is called once, when it is gone
    DevicePlugin(
            String resource,
            Path socket,
            DevicePluginOptions options,
            Consumer<List<Device>> heard,
            Consumer<DevicePlugin> left) {
        this.resource = resource;
        this.client = GrpcClient.to(socket);
        this.options = options;
        this.heard = heard;
        this.left = () -> left.accept(this);
        this.listener = Thread.ofVirtual().name("devices " + resource).unstarted(this::listen);
    }

    void start() {
        listener.start();
    }

    private void listen() {
        try (GrpcCall<Empty, ListAndWatchResponse> call =
                client.ask(DeviceCalls.LIST_AND_WATCH, Empty.getDefaultInstance(), FOREVER)) {
            Optional<ListAndWatchResponse> news = call.receive();
            while (news.isPresent()) {
                heard.accept(news.get().getDevicesList());
                news = call.receive();
            }
        } catch (GrpcException gone) {
            log.info("device plugin of {} is gone: {}", resource, gone.getMessage());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            left.run();
        }
    }

    /// Which of `available` it would rather give; empty when it has no opinion.
    List<String> preferred(Collection<String> available, Collection<String> included, int size)
            throws InterruptedException {
        if (!options.getGetPreferredAllocationAvailable()) {
            return List.of();
        }
        var answer = client.call(
                DeviceCalls.PREFERRED,
                PreferredAllocationRequest.newBuilder()
                        .addContainerRequests(ContainerPreferredAllocationRequest.newBuilder()
                                .addAllAvailableDeviceIds(available)
                                .addAllMustIncludeDeviceIds(included)
                                .setAllocationSize(size))
                        .build(),
                LIMIT);
        return answer.getContainerResponsesCount() == 0
                ? List.of()
                : answer.getContainerResponses(0).getDeviceIdsList();
    }

    ContainerAllocateResponse allocate(Collection<String> ids) throws InterruptedException {
        var answer = client.call(
                DeviceCalls.ALLOCATE,
                AllocateRequest.newBuilder()
                        .addContainerRequests(
                                ContainerAllocateRequest.newBuilder().addAllDevicesIds(sorted(ids)))
                        .build(),
                LIMIT);
        if (answer.getContainerResponsesCount() == 0) {
            throw new DeviceException("no containers return in allocation response");
        }
        return answer.getContainerResponses(0);
    }

    /// Lets it prepare devices, if it wants to.
    void beforeStart(Collection<String> ids) throws InterruptedException {
        if (options.getPreStartRequired()) {
            client.call(
                    DeviceCalls.PRE_START,
                    PreStartContainerRequest.newBuilder()
                            .addAllDevicesIds(sorted(ids))
                            .build(),
                    LIMIT);
        }
    }

    private static List<String> sorted(Collection<String> ids) {
        return ids.stream().sorted().toList();
    }

    @Override
    public void close() {
        listener.interrupt();
        client.close();
    }
}
