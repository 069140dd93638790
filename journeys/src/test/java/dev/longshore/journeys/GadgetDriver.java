package dev.longshore.journeys;

import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.claims.DriverService;
import dev.longshore.kubelet.claims.proto.Device;
import dev.longshore.kubelet.claims.proto.NodePrepareResourceResponse;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourceResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesResponse;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A driver of devices that pods claim: `/dev/zero` under another name, as a spec on the host says.
final class GadgetDriver implements AutoCloseable {

    static final String NAME = "gadgets.example.com";

    /// Where runtimes look for such.
    private static final Path SPECS = Path.of("/var/run/cdi");

    private static final Path SPEC = SPECS.resolve("longshore-journey.json");

    final List<String> calls = new CopyOnWriteArrayList<>();
    private final GrpcServer driver;
    private final GrpcServer registration;

    /// Registers with the kubelet whose directory is `kubelet`.
    GadgetDriver(Path kubelet) throws IOException {
        Files.createDirectories(SPECS);
        Files.writeString(SPEC, """
                {"cdiVersion": "0.6.0", "kind": "example.com/gadget", "devices": [
                  {"name": "one", "containerEdits": {
                    "env": ["GADGET=one"],
                    "deviceNodes": [{"path": "/dev/gadget", "hostPath": "/dev/zero"}]}}]}
                """);
        Path endpoint = PluginRegistration.endpoint(kubelet, NAME);
        this.driver = GrpcServer.listen(
                endpoint,
                List.of(new GrpcService(DriverService.V1.fullName())
                        .unary(DriverService.V1.prepare(), this::prepare)
                        .unary(DriverService.V1.unprepare(), this::unprepare)));
        this.registration =
                PluginRegistration.open(kubelet, "DRAPlugin", NAME, endpoint, DriverService.V1.registeredName());
    }

    private NodePrepareResourcesResponse prepare(NodePrepareResourcesRequest request) {
        var answer = NodePrepareResourcesResponse.newBuilder();
        request.getClaimsList().forEach(claim -> {
            calls.add("prepare " + claim.getNamespace());
            answer.putClaims(
                    claim.getUid(),
                    NodePrepareResourceResponse.newBuilder()
                            .addDevices(Device.newBuilder()
                                    .setPoolName("gadgets")
                                    .setDeviceName("one")
                                    .addCdiDeviceIds("example.com/gadget=one"))
                            .build());
        });
        return answer.build();
    }

    private NodeUnprepareResourcesResponse unprepare(NodeUnprepareResourcesRequest request) {
        var answer = NodeUnprepareResourcesResponse.newBuilder();
        request.getClaimsList().forEach(claim -> {
            calls.add("unprepare " + claim.getNamespace());
            answer.putClaims(claim.getUid(), NodeUnprepareResourceResponse.getDefaultInstance());
        });
        return answer.build();
    }

    @Override
    public void close() throws IOException {
        registration.close();
        driver.close();
        Files.deleteIfExists(SPEC);
        try {
            Files.deleteIfExists(SPECS);
        } catch (DirectoryNotEmptyException shared) {
            // Others have specs there.
            return;
        }
    }
}
