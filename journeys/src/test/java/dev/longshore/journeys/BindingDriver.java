package dev.longshore.journeys;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.csi.CsiCalls;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesResponse;
import dev.longshore.kubelet.csi.proto.NodeGetInfoResponse;
import dev.longshore.kubelet.csi.proto.NodeGetVolumeStatsResponse;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability;
import dev.longshore.kubelet.csi.proto.NodeServiceCapability.Rpc;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeResponse;
import dev.longshore.kubelet.csi.proto.Topology;
import dev.longshore.kubelet.csi.proto.VolumeUsage;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A small storage driver: each volume is a directory of its own, bound to where the kubelet wants it.
final class BindingDriver implements AutoCloseable {

    static final String NAME = "binds.example.com";

    final List<String> calls = new CopyOnWriteArrayList<>();
    final Map<String, NodePublishVolumeRequest> published = new ConcurrentHashMap<>();
    private final Path store;
    private final Shell shell;
    private final GrpcServer driver;
    private final GrpcServer registration;

    /// Registers with the kubelet whose directory is `kubelet`.
    BindingDriver(Path kubelet, Path store, Shell shell) throws IOException {
        this.store = store;
        this.shell = shell;
        Path endpoint = PluginRegistration.endpoint(kubelet, NAME);
        this.driver = GrpcServer.listen(endpoint, List.of(node()));
        this.registration = PluginRegistration.open(kubelet, "CSIPlugin", NAME, endpoint, "1.0.0");
    }

    private GrpcService node() {
        return new GrpcService("csi.v1.Node")
                .unary(
                        CsiCalls.GET_INFO,
                        request -> NodeGetInfoResponse.newBuilder()
                                .setNodeId("node-of-binds")
                                .setMaxVolumesPerNode(7)
                                .setAccessibleTopology(
                                        Topology.newBuilder().putSegments("binds.example.com/rack", "r1"))
                                .build())
                .unary(
                        CsiCalls.CAPABILITIES,
                        request -> NodeGetCapabilitiesResponse.newBuilder()
                                .addCapabilities(ability(Rpc.Type.STAGE_UNSTAGE_VOLUME))
                                .addCapabilities(ability(Rpc.Type.EXPAND_VOLUME))
                                .addCapabilities(ability(Rpc.Type.GET_VOLUME_STATS))
                                .build())
                .unary(CsiCalls.EXPAND, request -> {
                    calls.add("expand " + request.getVolumeId() + " "
                            + request.getCapacityRange().getRequiredBytes());
                    return NodeExpandVolumeResponse.getDefaultInstance();
                })
                .unary(
                        CsiCalls.STATS,
                        request -> NodeGetVolumeStatsResponse.newBuilder()
                                .addUsage(VolumeUsage.newBuilder()
                                        .setUnit(VolumeUsage.Unit.BYTES)
                                        .setTotal(1000)
                                        .setUsed(123)
                                        .setAvailable(877))
                                .build())
                .unary(CsiCalls.STAGE, request -> {
                    calls.add("stage " + request.getVolumeId() + " " + request.getPublishContextMap()
                            + request.getSecretsMap());
                    bind(made(request.getVolumeId()), request.getStagingTargetPath());
                    return NodeStageVolumeResponse.getDefaultInstance();
                })
                .unary(CsiCalls.PUBLISH, this::publish)
                .unary(CsiCalls.UNPUBLISH, request -> {
                    calls.add("unpublish " + request.getVolumeId());
                    unbind(request.getTargetPath());
                    return NodeUnpublishVolumeResponse.getDefaultInstance();
                })
                .unary(CsiCalls.UNSTAGE, request -> {
                    calls.add("unstage " + request.getVolumeId());
                    unbind(request.getStagingTargetPath());
                    return NodeUnstageVolumeResponse.getDefaultInstance();
                });
    }

    private static NodeServiceCapability ability(Rpc.Type type) {
        return NodeServiceCapability.newBuilder()
                .setRpc(Rpc.newBuilder().setType(type))
                .build();
    }

    private NodePublishVolumeResponse publish(NodePublishVolumeRequest request) {
        boolean isOwn = request.getStagingTargetPath().isEmpty();
        calls.add("publish " + (isOwn ? "own" : request.getVolumeId()));
        published.put(isOwn ? "own" : request.getVolumeId(), request);
        bind(isOwn ? made(request.getVolumeId()) : Path.of(request.getStagingTargetPath()), request.getTargetPath());
        return NodePublishVolumeResponse.getDefaultInstance();
    }

    private Path made(String volume) {
        try {
            return Files.createDirectories(store.resolve(volume));
        } catch (IOException failure) {
            throw new GrpcException(Status.Code.INTERNAL, failure.getMessage(), failure);
        }
    }

    /// Once, however often it is asked for.
    private void bind(Path source, String target) {
        shell.run(
                        "sh",
                        "-c",
                        "mkdir -p \"$2\" && { mountpoint -q \"$2\" || mount --bind \"$1\" \"$2\"; }",
                        "sh",
                        source.toString(),
                        target)
                .succeeded();
    }

    private void unbind(String target) {
        shell.run("sh", "-c", "! mountpoint -q \"$1\" || umount \"$1\"", "sh", target)
                .succeeded();
    }

    @Override
    public void close() {
        registration.close();
        driver.close();
    }
}
