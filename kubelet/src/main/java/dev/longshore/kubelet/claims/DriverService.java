package dev.longshore.kubelet.claims;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodePrepareResourcesResponse;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesRequest;
import dev.longshore.kubelet.claims.proto.NodeUnprepareResourcesResponse;
import java.util.Arrays;
import java.util.Optional;

/// The versions in which drivers can be asked.
public enum DriverService {
    V1("v1.DRAPlugin"),
    V1BETA1("v1beta1.DRAPlugin");

    private final String name;

    DriverService(String name) {
        this.name = name;
    }

    /// As drivers name it when they register.
    public String registeredName() {
        return name;
    }

    /// As it is called over the socket.
    public String fullName() {
        return "k8s.io.kubelet.pkg.apis.dra." + name;
    }

    static Optional<DriverService> named(String name) {
        return Arrays.stream(values())
                .filter(service -> service.name.equals(name))
                .findFirst();
    }

    /// Makes claims ready for containers.
    public GrpcMethod<NodePrepareResourcesRequest, NodePrepareResourcesResponse> prepare() {
        return GrpcMethod.unary(
                fullName() + "/NodePrepareResources",
                NodePrepareResourcesRequest.getDefaultInstance(),
                NodePrepareResourcesResponse.getDefaultInstance());
    }

    /// The opposite.
    public GrpcMethod<NodeUnprepareResourcesRequest, NodeUnprepareResourcesResponse> unprepare() {
        return GrpcMethod.unary(
                fullName() + "/NodeUnprepareResources",
                NodeUnprepareResourcesRequest.getDefaultInstance(),
                NodeUnprepareResourcesResponse.getDefaultInstance());
    }
}
