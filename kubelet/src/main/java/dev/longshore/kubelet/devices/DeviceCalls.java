package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.kubelet.devices.proto.AllocateRequest;
import dev.longshore.kubelet.devices.proto.AllocateResponse;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.devices.proto.ListAndWatchResponse;
import dev.longshore.kubelet.devices.proto.PreStartContainerRequest;
import dev.longshore.kubelet.devices.proto.PreStartContainerResponse;
import dev.longshore.kubelet.devices.proto.PreferredAllocationRequest;
import dev.longshore.kubelet.devices.proto.PreferredAllocationResponse;
import dev.longshore.kubelet.devices.proto.RegisterRequest;

/// What kubelet and device plugins ask of each other.
final class DeviceCalls {

    /// The only version there is.
    static final String VERSION = "v1beta1";

    static final String REGISTRATION = VERSION + ".Registration";

    static final GrpcMethod<RegisterRequest, Empty> REGISTER = GrpcMethod.unary(
            REGISTRATION + "/Register", RegisterRequest.getDefaultInstance(), Empty.getDefaultInstance());

    private static final String PLUGIN = VERSION + ".DevicePlugin/";

    static final GrpcMethod<Empty, ListAndWatchResponse> LIST_AND_WATCH = GrpcMethod.answersMany(
            PLUGIN + "ListAndWatch", Empty.getDefaultInstance(), ListAndWatchResponse.getDefaultInstance());

    static final GrpcMethod<Empty, dev.longshore.kubelet.devices.proto.DevicePluginOptions> OPTIONS = GrpcMethod.unary(
            PLUGIN + "GetDevicePluginOptions",
            Empty.getDefaultInstance(),
            dev.longshore.kubelet.devices.proto.DevicePluginOptions.getDefaultInstance());

    static final GrpcMethod<PreferredAllocationRequest, PreferredAllocationResponse> PREFERRED = GrpcMethod.unary(
            PLUGIN + "GetPreferredAllocation",
            PreferredAllocationRequest.getDefaultInstance(),
            PreferredAllocationResponse.getDefaultInstance());

    static final GrpcMethod<AllocateRequest, AllocateResponse> ALLOCATE = GrpcMethod.unary(
            PLUGIN + "Allocate", AllocateRequest.getDefaultInstance(), AllocateResponse.getDefaultInstance());

    static final GrpcMethod<PreStartContainerRequest, PreStartContainerResponse> PRE_START = GrpcMethod.unary(
            PLUGIN + "PreStartContainer",
            PreStartContainerRequest.getDefaultInstance(),
            PreStartContainerResponse.getDefaultInstance());

    private DeviceCalls() {}
}
