package dev.longshore.kubelet.csi;

import dev.longshore.http.grpc.GrpcMethod;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeExpandVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesRequest;
import dev.longshore.kubelet.csi.proto.NodeGetCapabilitiesResponse;
import dev.longshore.kubelet.csi.proto.NodeGetInfoRequest;
import dev.longshore.kubelet.csi.proto.NodeGetInfoResponse;
import dev.longshore.kubelet.csi.proto.NodeGetVolumeStatsRequest;
import dev.longshore.kubelet.csi.proto.NodeGetVolumeStatsResponse;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodePublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeStageVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeUnpublishVolumeResponse;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeRequest;
import dev.longshore.kubelet.csi.proto.NodeUnstageVolumeResponse;

/// What is asked of drivers.
public final class CsiCalls {

    private static final String NODE = "csi.v1.Node/";

    /// What the driver calls the node, and where it is.
    public static final GrpcMethod<NodeGetInfoRequest, NodeGetInfoResponse> GET_INFO = GrpcMethod.unary(
            NODE + "NodeGetInfo", NodeGetInfoRequest.getDefaultInstance(), NodeGetInfoResponse.getDefaultInstance());

    /// What it can do.
    public static final GrpcMethod<NodeGetCapabilitiesRequest, NodeGetCapabilitiesResponse> CAPABILITIES =
            GrpcMethod.unary(
                    NODE + "NodeGetCapabilities",
                    NodeGetCapabilitiesRequest.getDefaultInstance(),
                    NodeGetCapabilitiesResponse.getDefaultInstance());

    /// Makes a volume ready for all pods of the node.
    public static final GrpcMethod<NodeStageVolumeRequest, NodeStageVolumeResponse> STAGE = GrpcMethod.unary(
            NODE + "NodeStageVolume",
            NodeStageVolumeRequest.getDefaultInstance(),
            NodeStageVolumeResponse.getDefaultInstance());

    /// The opposite.
    public static final GrpcMethod<NodeUnstageVolumeRequest, NodeUnstageVolumeResponse> UNSTAGE = GrpcMethod.unary(
            NODE + "NodeUnstageVolume",
            NodeUnstageVolumeRequest.getDefaultInstance(),
            NodeUnstageVolumeResponse.getDefaultInstance());

    /// Shows a volume to a pod.
    public static final GrpcMethod<NodePublishVolumeRequest, NodePublishVolumeResponse> PUBLISH = GrpcMethod.unary(
            NODE + "NodePublishVolume",
            NodePublishVolumeRequest.getDefaultInstance(),
            NodePublishVolumeResponse.getDefaultInstance());

    /// The opposite.
    public static final GrpcMethod<NodeUnpublishVolumeRequest, NodeUnpublishVolumeResponse> UNPUBLISH =
            GrpcMethod.unary(
                    NODE + "NodeUnpublishVolume",
                    NodeUnpublishVolumeRequest.getDefaultInstance(),
                    NodeUnpublishVolumeResponse.getDefaultInstance());

    /// How much of a volume is used.
    public static final GrpcMethod<NodeGetVolumeStatsRequest, NodeGetVolumeStatsResponse> STATS = GrpcMethod.unary(
            NODE + "NodeGetVolumeStats",
            NodeGetVolumeStatsRequest.getDefaultInstance(),
            NodeGetVolumeStatsResponse.getDefaultInstance());

    /// Makes its file system as large as it has become.
    public static final GrpcMethod<NodeExpandVolumeRequest, NodeExpandVolumeResponse> EXPAND = GrpcMethod.unary(
            NODE + "NodeExpandVolume",
            NodeExpandVolumeRequest.getDefaultInstance(),
            NodeExpandVolumeResponse.getDefaultInstance());

    private CsiCalls() {}
}
